/** Where the subject runs. */
export const PLATFORMS = [
  'docker',
  'podman',
  'kubernetes',
  'marathon',
  'cgroup',
  'process',
  'host',
  'unknown',
] as const
export type Platform = (typeof PLATFORMS)[number]

/** What died or lives. */
export interface Subject {
  platform: Platform
  /** The name people use: container name, `namespace/pod/container`, app id, cgroup path, process name. */
  name: string | null
  /** The platform's own id: container id, pod UID, task id, cgroup path, PID. */
  id: string | null
  image: string | null
}

/** What the name of a pod's container consists of; null: not told, or of something that is in no pod. */
export interface PodName {
  namespace: string | null
  pod: string | null
  container: string | null
}

/** One word alone is a pod whose namespace nobody told, as `kubectl get` lists it without one. */
export function podNameOf({ platform, name }: Pick<Subject, 'platform' | 'name'>): PodName {
  const words = platform === 'kubernetes' ? (name?.split('/') ?? []) : []
  const [namespace = null, pod = null, container = null] =
    words.length === 1 ? [null, ...words] : words
  return { namespace, pod, container }
}

/** What the user asked about, `docker:web`, `k8s:shop/cart-0/app`, … */
export type Target =
  | { kind: 'container'; engine: 'docker' | 'podman'; name: string }
  | { kind: 'pod'; namespace: string; pod: string; container: string | null }
  | { kind: 'marathon'; app: string }
  | { kind: 'cgroup'; path: string }
  | { kind: 'process'; pid: number }
  | { kind: 'host' }
  /** A bare name, to be looked up in the order the kinds stand here. */
  | { kind: 'name'; name: string }
