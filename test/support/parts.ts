import { existsSync, globSync, readFileSync } from 'node:fs'
import { CHROMIUM } from './browser-program.ts'
import { preCommit } from './pre-commit.ts'
import { missingKubernetesPrograms } from '../../scripts/kubernetes/programs.ts'
import { whyNoSlowDisk } from './slow-disk.ts'
import { whyNoSwap } from './swap-file.ts'
import { tryRun } from './testbed.ts'

/** A real part that a test needs and a machine may lack. */
export type Part =
  | 'root'
  | 'cgroup-v1'
  | 'cgroup-v2'
  | 'kmsg'
  | 'docker'
  | 'podman'
  | 'compiler'
  | 'setpriv'
  | 'journald'
  | 'systemd'
  | 'python'
  | 'perl'
  | 'script'
  | 'busybox'
  | 'tools'
  | 'redis'
  | 'postgresql'
  | 'web-servers'
  | 'swap'
  | 'slow-disk'
  | 'java'
  | 'go'
  | 'prometheus'
  | 'alertmanager'
  | 'xmllint'
  | 'chromium'
  | 'pre-commit'
  | 'npm-registry'
  | 'namespaces'
  | 'openssl'
  | 'image-tools'
  | 'kubectl'
  | 'kubernetes'
  | 'dpkg'
  | 'rpm'

/** Why each part would be missing; null: it is there. */
const CHECKS: Readonly<Record<Part, () => string | null>> = {
  root: () => (process.getuid?.() === 0 ? null : 'needs root'),
  'cgroup-v1': () =>
    existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')
      ? null
      : 'needs a cgroup v1 memory hierarchy',
  'cgroup-v2': () =>
    existsSync('/sys/fs/cgroup/cgroup.controllers') &&
    readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').includes('memory')
      ? null
      : 'needs a cgroup v2 memory hierarchy',
  kmsg: () => (existsSync('/dev/kmsg') ? null : 'needs /dev/kmsg'),
  docker: () => program('dockerd', 'docker', 'runc'),
  podman: () => program('podman', 'runc', 'conmon'),
  compiler: () => program('cc'),
  setpriv: () => program('setpriv'),
  script: () => program('script', 'stty'),
  perl: () => program('perl'),
  python: () => (existsSync('/usr/bin/python3') ? null : 'needs /usr/bin/python3'),
  journald: () =>
    existsSync('/lib/systemd/systemd-journald') ? program('journalctl') : 'needs systemd-journald',
  systemd: () =>
    existsSync('/lib/systemd/systemd') ? program('setpriv', 'systemd-analyze') : 'needs systemd',
  postgresql: () =>
    globSync('/usr/lib/postgresql/*/bin/postgres').length > 0
      ? program('psql', 'setpriv')
      : 'needs postgresql',
  'web-servers': () =>
    globSync('/usr/sbin/php-fpm*').length > 0
      ? program('nginx', 'gunicorn', 'uwsgi', 'apache2')
      : 'needs php-fpm',
  prometheus: () => program('prometheus', 'promtool'),
  alertmanager: () => program('prometheus-alertmanager', 'amtool'),
  xmllint: () => program('xmllint'),
  chromium: () => (existsSync(CHROMIUM) ? null : 'needs chromium'),
  'pre-commit': () =>
    preCommit() === null ? 'needs python3-venv and PyPI for pre-commit' : program('git', 'npm'),
  'npm-registry': () =>
    tryRun(['npm', 'view', 'yaml@2.9.1', 'version']).status === 0
      ? null
      : 'needs npm and its registry',
  namespaces: () => program('ip', 'unshare', 'nsenter', 'mount', 'curl'),
  openssl: () => program('openssl'),
  'image-tools': () => program('skopeo', 'umoci', 'docker-registry', 'gzip', 'zstd'),
  kubectl: () => program('kubectl'),
  kubernetes: whyNoKubernetes,
  redis: () => program('redis-server', 'redis-cli'),
  tools: () => program('ps', 'top', 'free', 'systemd-cgtop'),
  busybox: () => (existsSync('/bin/busybox') ? null : 'needs a static /bin/busybox'),
  swap: whyNoSwap,
  'slow-disk': whyNoSlowDisk,
  java: () => program('java', 'javac'),
  go: () => program('go'),
  dpkg: () => (existsSync('/var/lib/dpkg/status') ? program('dpkg-query') : 'needs dpkg'),
  rpm: () => program('rpm', 'rpmbuild', 'db5.3_load', 'sqlite3', 'gpg'),
}

/**
 * Says why a test cannot run here, or null. Under CI a missing part is a failure: a test that silently never runs
 * proves nothing. Use: `describe.skipIf(requireParts('root', 'docker'))`.
 */
export function requireParts(...parts: Part[]): string | null {
  const reasons = parts.map((part) => CHECKS[part]()).filter((reason) => reason !== null)
  if (reasons.length === 0) return null
  const sentence = `skipped: ${reasons.join(', ')}`
  if (process.env['CI'] === 'true') throw new Error(sentence)
  console.warn(sentence)
  return sentence
}

function whyNoKubernetes(): string | null {
  if (missingKubernetesPrograms().length > 0) return 'needs what scripts/kubernetes/build.ts builds'
  if (!existsSync('/usr/lib/cni/bridge')) return 'needs containernetworking-plugins'
  return program('containerd', 'runc', 'ctr', 'openssl', 'unshare', 'nsenter', 'setpriv', 'ip')
}

function program(...names: string[]): string | null {
  const lacking = names.filter(
    (name) => tryRun(['sh', '-c', 'command -v "$1"', 'sh', name]).status !== 0,
  )
  return lacking.length === 0 ? null : `needs ${lacking.join(', ')}`
}
