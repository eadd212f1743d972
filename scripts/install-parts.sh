#!/bin/bash
# Installs the real parts that the tests run against, from Debian's packages: only what is missing, and no daemon is started.
set -euo pipefail

PACKAGES=(
  # containers
  docker.io podman crun runc conmon iptables iproute2
  # the network of a cluster's pods
  containernetworking-plugins
  # guests of other kernels
  qemu-system-x86 qemu-system-common qemu-utils busybox-static kmod cpio e2fsprogs xz-utils zstd
  # programs that run out of memory
  gcc libc6-dev python3-minimal python3 stress-ng redis-server default-jdk-headless perl-base
  # servers whose memory is billed
  postgresql nginx-light php-fpm gunicorn uwsgi-core uwsgi-plugin-python3 apache2-bin
  # shells that completion scripts are tried in
  bash fish zsh
  # what tools show, and the journal
  systemd
  # what scripts need
  procps util-linux ca-certificates curl openssl
  # what reads reports
  libxml2-utils
  # pre-commit, which runs hooks
  python3-venv git
  # the page of stella serve
  chromium
  # images in all their forms, and a registry that keeps them
  skopeo umoci docker-registry libarchive-tools
  # imports of recorded metrics; rules and where their alerts go
  prometheus prometheus-alertmanager
  # what scans of images are measured beside
  pigz isal
  # databases of packages
  rpm db5.3-util sqlite3 gnupg
)

# npm runs the scripts with the Node of node_modules, so any version that can start npm will do.
command -v npm >/dev/null || PACKAGES+=(nodejs npm)
command -v go >/dev/null || PACKAGES+=(golang-go)
# What reads the files that fixes edit.
command -v kubectl >/dev/null || PACKAGES+=(kubernetes-client)
docker compose version >/dev/null 2>&1 || PACKAGES+=(docker-compose)

if [ "$(id -u)" != 0 ]; then
  echo "install-parts: needs root" >&2
  exit 3
fi
missing=()
for package in "${PACKAGES[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
  echo "install-parts: all ${#PACKAGES[@]} packages are there"
  exit 0
fi
echo "install-parts: ${missing[*]}"

# Asked by Debian's package scripts before they start a daemon; 101 means no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
