/** Who made a group, as far as its name tells. A bare 64-digit name may be Docker's or containerd's: null. */
export type CgroupEngine = 'docker' | 'podman' | 'containerd' | 'cri-o' | 'mesos' | 'lxc' | 'garden'

/** One container on the way down a cgroup path. */
export interface CgroupContainer {
  id: string
  engine: CgroupEngine | null
  /** The container's own group: the path up to and including the part that names it. */
  path: string
}

/** What the name of a memory cgroup says about who lives in it. */
export interface CgroupIdentity {
  /** Normalised: one leading slash, no trailing one. */
  path: string
  /** Every container on the way down, outermost first: more than one is nesting (Docker in Docker, kind, LXC). */
  containers: readonly CgroupContainer[]
  /** The innermost container; null where the path names none. */
  containerId: string | null
  containerPath: string | null
  engine: CgroupEngine | null
  /** With dashes, as the API server writes it; the 32 hex digits of a static pod's hash as they are. */
  podUid: string | null
  /** The pod's own group, whose limit is the pod's. */
  podPath: string | null
  /** A pod's class, where the path shows it; guaranteed pods stand directly below `kubepods`. */
  qosClass: 'Guaranteed' | 'Burstable' | 'BestEffort' | null
  /** The innermost systemd service or scope that is no container. */
  unit: string | null
  /** conmon and other helpers of an engine live in groups that carry a container's id without being it. */
  helperOf: string | null
}

/**
 * Reads the name of a memory cgroup in every layout that engines and orchestrators use: cgroupfs and systemd drivers of
 * Docker, Podman (also split mode), containerd, CRI-O, kubelet, ECS, Mesos, LXC and Garden, each of them nested in another.
 *
 * @example describeCgroupPath('/docker/4f…').containerId // "4f…"
 */
export function describeCgroupPath(path: string): CgroupIdentity {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const containers: CgroupContainer[] = []
  let pod: PodName | null = null
  let podPath: string | null = null
  let unit: string | null = null
  let helperOf: string | null = null

  for (const [index, part] of parts.entries()) {
    const here = `/${parts.slice(0, index + 1).join('/')}`
    const helper = HELPER.exec(part)
    if (helper?.[1] !== undefined) {
      helperOf = helper[1]
      continue
    }
    const podHere = podNamed(part, parts[index - 1])
    if (podHere !== null) {
      pod = podHere
      podPath = here
    }
    const container = containerNamed(parts, index)
    if (container !== null) {
      containers.push({ ...container, path: here })
      continue
    }
    if (/\.(service|scope)$/.test(part)) unit = part
  }

  const innermost = containers.at(-1)
  return {
    path: `/${parts.join('/')}`,
    containers,
    containerId: innermost?.id ?? null,
    containerPath: innermost?.path ?? null,
    engine: innermost?.engine ?? null,
    podUid: pod?.uid ?? null,
    podPath,
    qosClass: pod === null ? null : (pod.qosClass ?? 'Guaranteed'),
    unit,
    helperOf,
  }
}

/** How two paths of one hierarchy stand to each other. */
export type CgroupRelation = 'same' | 'ancestor' | 'descendant' | 'apart'

/** What `path` is to `other`: `ancestor` when `other` lies below it. */
export function cgroupRelation(path: string, other: string): CgroupRelation {
  const a = normaliseCgroupPath(path)
  const b = normaliseCgroupPath(other)
  if (a === b) return 'same'
  if (a === '/' || b.startsWith(`${a}/`)) return 'ancestor'
  if (b === '/' || a.startsWith(`${b}/`)) return 'descendant'
  return 'apart'
}

/** The groups above a path, nearest first, the root last. Empty for the root. */
export function cgroupAncestors(path: string): string[] {
  const parts = normaliseCgroupPath(path)
    .split('/')
    .filter((part) => part !== '')
  const ancestors: string[] = []
  for (let length = parts.length - 1; length >= 0; length--) {
    ancestors.push(`/${parts.slice(0, length).join('/')}`)
  }
  return ancestors
}

/** One leading slash, no trailing or doubled ones. */
export function normaliseCgroupPath(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`
}

interface PodName {
  uid: string
  qosClass: 'Burstable' | 'BestEffort' | null
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const HELPER =
  /^(?:libpod-conmon|crio-conmon)-([0-9a-f]{12,64})(?:\.scope)?$|^lxc\.monitor(?:\.([^/]+))?$/

/** Prefixes that name the engine; `prefix-ID`, `prefix-ID.scope` and the unsplit systemd form `SLICE:prefix:ID`. */
const PREFIXES: readonly { pattern: RegExp; engine: CgroupEngine | null }[] = [
  { pattern: named('docker'), engine: 'docker' },
  { pattern: named('libpod(?:-payload)?'), engine: 'podman' },
  { pattern: named('cri-containerd'), engine: 'containerd' },
  { pattern: named('nerdctl'), engine: 'containerd' },
  { pattern: named('crio'), engine: 'cri-o' },
]

function named(prefix: string): RegExp {
  return new RegExp(`^(?:.*:)?${prefix}[-:]([0-9a-f]{12,64})(?:\\.scope)?$`)
}

function containerNamed(
  parts: readonly string[],
  index: number,
): { id: string; engine: CgroupEngine | null } | null {
  const part = parts[index] ?? ''
  const parent = parts[index - 1] ?? ''
  for (const { pattern, engine } of PREFIXES) {
    const id = pattern.exec(part)?.[1]
    if (id !== undefined) return { id, engine }
  }
  if (/^[0-9a-f]{64}$/.test(part)) return { id: part, engine: engineOfParent(parts, index) }
  if (parent === 'mesos' && new RegExp(`^${UUID}$`).test(part)) return { id: part, engine: 'mesos' }
  if (parent === 'garden') return { id: part, engine: 'garden' }
  const ecsTask = parts[index - 2] === 'ecs' && parent !== '' && part.startsWith(`${parent}-`)
  if (ecsTask) return { id: part, engine: null }
  return lxcNamed(part, parent)
}

function engineOfParent(parts: readonly string[], index: number): CgroupEngine | null {
  const parent = parts[index - 1] ?? ''
  if (parent === 'docker' || parts[index - 2] === 'ecs') return 'docker'
  if (parent === 'k8s.io' || parent === 'containerd') return 'containerd'
  if (parent === 'libpod_parent') return 'podman'
  return null
}

/** LXC 4 and newer `lxc.payload.NAME` (or `lxc.payload/NAME`), before and Proxmox `lxc/NAME`. */
function lxcNamed(part: string, parent: string): { id: string; engine: 'lxc' } | null {
  const payload = /^lxc\.payload\.(.+)$/.exec(part)?.[1]
  if (payload !== undefined) return { id: payload, engine: 'lxc' }
  return parent === 'lxc' || parent === 'lxc.payload' ? { id: part, engine: 'lxc' } : null
}

/** `podUID` below a kubepods group (cgroupfs), `kubepods[-class]-podUID.slice` (systemd), where UID's dashes are underscores. */
function podNamed(part: string, parent: string | undefined): PodName | null {
  const systemd = /kubepods(?:-(besteffort|burstable))?-pod([0-9a-f_-]{32,36})\.slice/.exec(part)
  if (systemd?.[2] !== undefined) {
    return { uid: systemd[2].replaceAll('_', '-'), qosClass: classOf(systemd[1]) }
  }
  const cgroupfs = /^pod([0-9a-f_-]{32,36})$/.exec(part)
  if (cgroupfs?.[1] === undefined) return null
  return { uid: cgroupfs[1].replaceAll('_', '-'), qosClass: classOf(parent) }
}

function classOf(word: string | undefined): PodName['qosClass'] {
  if (word === 'burstable') return 'Burstable'
  return word === 'besteffort' ? 'BestEffort' : null
}
