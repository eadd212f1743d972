import { containerStatuses } from '../../parsers/kubernetes/pod-parts.ts'
import type { Instant } from '../../model/time.ts'
import {
  field,
  instantField,
  listField,
  numberField,
  textField,
} from '../../parsers/json-fields.ts'
import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import type { PodUsage } from '../../model/kubelet.ts'

/** One container of a pod that lives, as a live view shows it. Null is not known, or there is none. */
export interface ContainerRow {
  namespace: string
  pod: string
  container: string
  node: string | null
  /** Working set, as it was told last. */
  usageBytes: number | null
  requestBytes: number | null
  limitBytes: number | null
  restarts: number
  /** When it was OOM-killed last, as far as its status remembers: it knows the last end alone. */
  killedAt: Instant | null
  /** Why it waits, `CrashLoopBackOff`. */
  waits: string | null
}

const MAX_CONTAINERS = 200
/** They hold no memory any more. */
const ENDED = ['Succeeded', 'Failed']

/** The containers of a cluster by what a live view needs of them: some 300 bytes each, whatever their pods weigh. */
export class PodTable {
  readonly #pods = new Map<string, ContainerRow[]>()

  /** A pod as it is now; its usage is told apart. */
  take(pod: Record<string, unknown>): void {
    const name = keyIn(pod)
    if (name === null) return
    if (ENDED.includes(textField(pod, 'status', 'phase') ?? '')) {
      this.#pods.delete(name.key)
      return
    }
    const known = this.#pods.get(name.key) ?? []
    const rows = rowsOf(pod, name.namespace, name.pod)
    for (const row of rows) {
      row.usageBytes =
        known.find(({ container }) => container === row.container)?.usageBytes ?? null
    }
    this.#pods.set(name.key, rows)
  }

  /** A pod that is gone. */
  drop(pod: Record<string, unknown>): void {
    const name = keyIn(pod)
    if (name !== null) this.#pods.delete(name.key)
  }

  /** A list begins anew. */
  clear(): void {
    this.#pods.clear()
  }

  /** What all pods use, as it was told at one time: what is not told any more is not known. */
  use(usages: readonly PodUsage[]): void {
    const told = new Map(usages.map((usage) => [`${usage.namespace}/${usage.name}`, usage]))
    for (const [key, rows] of this.#pods) {
      const containers = told.get(key)?.containers ?? []
      for (const row of rows) {
        row.usageBytes = containers.find(({ name }) => name === row.container)?.bytes ?? null
      }
    }
  }

  rows(): readonly ContainerRow[] {
    return [...this.#pods.values()].flat()
  }

  /** Where they run. */
  nodes(): readonly string[] {
    return [...new Set(this.rows().flatMap(({ node }) => node ?? []))]
  }
}

function keyIn(pod: unknown): { key: string; namespace: string; pod: string } | null {
  const name = textField(pod, 'metadata', 'name')
  const namespace = textField(pod, 'metadata', 'namespace') ?? 'default'
  return name === null ? null : { key: `${namespace}/${name}`, namespace, pod: name }
}

function rowsOf(pod: Record<string, unknown>, namespace: string, name: string): ContainerRow[] {
  const node = textField(pod, 'spec', 'nodeName')
  const statuses = containerStatuses(pod)
  // An init container that is no sidecar holds memory for a moment only, and mostly never again.
  const sidecars = listField(pod, MAX_CONTAINERS, 'spec', 'initContainers').filter(
    (spec) => textField(spec, 'restartPolicy') === 'Always',
  )
  const specs = [...sidecars, ...listField(pod, MAX_CONTAINERS, 'spec', 'containers')]
  return specs.flatMap((spec) => {
    const container = textField(spec, 'name')
    if (container === null) return []
    const status = statuses.find((one) => textField(one, 'name') === container)
    const memory = (key: 'requests' | 'limits'): number | null =>
      // After a resize in place the status tells what holds, the spec what is wanted.
      parseMemory(field(status, 'resources', key, 'memory')) ??
      parseMemory(field(spec, 'resources', key, 'memory'))
    return {
      namespace,
      pod: name,
      container,
      node,
      usageBytes: null,
      requestBytes: memory('requests'),
      limitBytes: memory('limits'),
      restarts: numberField(status, 'restartCount') ?? 0,
      killedAt: killedAt(status),
      waits: textField(status, 'state', 'waiting', 'reason'),
    }
  })
}

function killedAt(status: unknown): Instant | null {
  for (const state of ['state', 'lastState']) {
    if (textField(status, state, 'terminated', 'reason') !== 'OOMKilled') continue
    return instantField(status, state, 'terminated', 'finishedAt')
  }
  return null
}
