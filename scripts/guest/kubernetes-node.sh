# A node of Kubernetes, in a guest: containerd and a kubelet, and whatever is asked of it through files.
# NODE_ADDRESS, CONTAINERD_CONFIG, ARCHIVES and KUBELET say what is the caller's own.
set -u
modprobe -a virtio_net veth bridge
for card in /sys/class/net/*; do
  [ -e "$card/device" ] && cable=${card##*/}
done
ip link set "$cable" up
ip address add 10.85.253.15/24 dev "$cable"
ip address add "$NODE_ADDRESS/32" dev lo
ip route add default via 10.85.253.2

# Neither images nor volumes can lie on an overlay.
for folder in containerd kubelet; do
  mkdir -p "/scratch/$folder" "/var/lib/$folder"
  mount --bind "/scratch/$folder" "/var/lib/$folder"
done
mkdir -p /var/lib/kubelet/manifests
mount -t tmpfs tmpfs /var/log
mount --make-rshared /
mkdir /sys/fs/cgroup/system.slice
(
  echo $BASHPID >/sys/fs/cgroup/system.slice/cgroup.procs
  exec containerd --config="$CONTAINERD_CONFIG" >/out/containerd.log 2>&1
) &
until ctr version >/dev/null 2>&1; do sleep 0.5; done
echo "$(cut -d' ' -f1 /proc/uptime) containerd answers"
for archive in $ARCHIVES; do ctr --namespace=k8s.io images import "$archive" || exit 1; done
echo "$(cut -d' ' -f1 /proc/uptime) images are there"
(
  echo $BASHPID >/sys/fs/cgroup/system.slice/cgroup.procs
  # shellcheck disable=SC2086
  exec $KUBELET >/out/kubelet.log 2>&1
) &
while [ ! -e /out/ask/end ]; do
  for file in /out/ask/*.sh; do
    [ -e "$file" ] || continue
    base=${file%.sh}
    mv "$file" "$base.taken"
    bash "$base.taken" >"$base.out" 2>"$base.err" </dev/null
    echo $? >"$base.code"
    mv "$base.code" "$base.done"
  done
  sleep 0.3
done
