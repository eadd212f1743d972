/** The pods of this node: whose a memory group is, and who stands behind it. */
import { controllerOf } from '../parsers/kubernetes/controller.ts'
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { PodContainer, PodState } from '../model/cluster.ts'
import type { Observation } from '../model/evidence.ts'
import { keepNewest } from '../model/newest.ts'
import type { Instant } from '../model/time.ts'
import { textField } from '../parsers/json-fields.ts'
import { readPod } from '../parsers/kubernetes/pod.ts'

export interface KnownPod {
  state: Observation<PodState>
  namespace: string
  name: string
  uid: string
  /** What made it, as `Deployment/cart`; null: nothing did, or it is not known. */
  owner: string | null
}

/** Whose a group is. */
export interface PodPlace {
  pod: KnownPod
  /** Null: the group is the pod's own, or the API server does not know the container yet. */
  container: { name: string; role: PodContainer['role'] } | null
  containerId: string | null
}

export interface Pods {
  /** A pod as the API server tells it. */
  take(pod: Record<string, unknown>, now: Instant): void
  /** Whose group a path is; null: it is no pod's, or the pod is not known. */
  at(path: string): PodPlace | null
  /** By the id of a container. */
  of(containerId: string): PodPlace | null
  /** Resolves when a container is known, or nobody wants to wait any more. */
  known(containerId: string, signal: AbortSignal): Promise<void>
}

/** Those that are gone stay until so many newer ones came: what died last is asked for. */
const MAX_PODS = 2_000
const MAX_CONTAINERS = 10_000

export function createPods(node: string): Pods {
  const byUid = new Map<string, KnownPod>()
  const byContainer = new Map<string, { uid: string; container: PodContainer }>()
  const waiting = new Map<string, Set<() => void>>()
  const from = `GET /api/v1/pods?fieldSelector=spec.nodeName=${node}`

  function placeOf(uid: string | null, containerId: string | null): PodPlace | null {
    const owned = containerId === null ? undefined : byContainer.get(containerId)
    const pod = byUid.get(owned?.uid ?? uid ?? '')
    if (pod === undefined) return null
    return { pod, container: owned?.container ?? onlyOne(pod, containerId), containerId }
  }

  return {
    take(object, now) {
      const state = readPod(
        { kind: 'Pod', value: object, line: null },
        { from, readAt: now, source: null },
      )
      if (state === null || state.fact.uid === null) return
      const { namespace, name, uid, containers } = state.fact
      const pod = { state, namespace, name, uid, owner: ownerOf(object) }
      keepNewest(byUid, uid, pod, MAX_PODS)
      // The kubelet names the group of a static pod by this hash; the UID is that of its mirror in the API.
      const hash = textField(object, 'metadata', 'annotations', 'kubernetes.io/config.hash')
      if (hash !== null) keepNewest(byUid, hash, pod, MAX_PODS)
      for (const container of containers) {
        for (const id of idsOf(container)) {
          keepNewest(byContainer, id, { uid, container }, MAX_CONTAINERS)
          for (const tell of waiting.get(id) ?? []) tell()
        }
      }
    },
    at(path) {
      const { podUid, containerId, helperOf } = describeCgroupPath(path)
      return helperOf === null ? placeOf(podUid, containerId) : null
    },
    of: (containerId) => placeOf(null, containerId),
    async known(containerId, signal) {
      if (byContainer.has(containerId) || signal.aborted) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const others = waiting.get(containerId) ?? new Set()
      waiting.set(containerId, others.add(resolve))
      signal.addEventListener('abort', () => resolve(), { once: true })
      await promise
      others.delete(resolve)
      if (others.size === 0) waiting.delete(containerId)
    },
  }
}

/** Its status may not tell the id yet, or not any more: of one container it can be no other. */
function onlyOne({ state }: KnownPod, containerId: string | null): PodContainer | null {
  const [only, ...others] = state.fact.containers
  return containerId === null || others.length > 0 ? null : (only ?? null)
}

/** What the API tells of who lives at a place, and nothing of how it fares: that is newer in the group itself. */
export function podIdentity({ pod, container, containerId }: PodPlace): Observation<PodState> {
  const { state, namespace, name, owner } = pod
  const who = container === null ? 'A container' : `Container ${container.name}`
  const made = owner === null ? '' : ` of ${owner.replace('/', ' ')}`
  const containers = state.fact.containers
    .filter((one) => one.name === container?.name)
    .map((one) => ({
      ...one,
      containerId,
      restartCount: null,
      ready: null,
      state: null,
      lastState: null,
    }))
  return {
    ...state,
    says: `${who} of pod ${namespace}/${name}${made}`,
    fact: { ...state.fact, phase: null, reason: null, message: null, containers },
  }
}

/** NAMESPACE/POD/CONTAINER as far as it is known. */
export function placeName({ pod, container }: PodPlace): string {
  return [pod.namespace, pod.name, ...(container === null ? [] : [container.name])].join('/')
}

/** A pod of a Deployment is made by a ReplicaSet, whose name nobody has given. */
function ownerOf(object: Record<string, unknown>): string | null {
  const controller = controllerOf(object)
  if (controller === null) return null
  const { kind, name } = controller
  const hash = textField(object, 'metadata', 'labels', 'pod-template-hash')
  const isMade = kind === 'ReplicaSet' && hash !== null && name.endsWith(`-${hash}`)
  return isMade ? `Deployment/${name.slice(0, -hash.length - 1)}` : `${kind}/${name}`
}

function idsOf({ containerId, state, lastState }: PodContainer): string[] {
  const ids = [containerId, state?.containerId ?? null, lastState?.containerId ?? null]
  return [...new Set(ids.filter((id) => id !== null))]
}
