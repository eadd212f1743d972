import { firstStepBytes, limitForHeap } from '../advice/first-step.ts'
import { formatBytes } from '../model/bytes.ts'
import type { HeadroomPolicy, SizingBound, SizingEvidence } from '../model/sizing.ts'
import type { Headroom } from './headroom.ts'
import { killBoundBytes } from './kills.ts'
import type { Kills } from './kills.ts'
import type { Observed } from './observed.ts'
import { counted } from '../model/counted.ts'
import { percent } from './words.ts'

/** The limit that all bounds lead to. Null: what is above it is smaller than what it needs. */
export interface Limit {
  bytes: number | null
  bounds: readonly SizingBound[]
}

export interface LimitInputs {
  evidence: SizingEvidence
  policy: HeadroomPolicy
  /** Null where only kills tell anything. */
  observed: Observed | null
  /** False: what was seen is too little to size by. */
  isEnough: boolean
  headroom: Headroom
  kills: Kills
}

type Bound = Omit<SizingBound, 'binds'>

/** The largest of what it needs at least, not above what it can have at most. */
export function limitOf(inputs: LimitInputs): Limit {
  const { policy, observed } = inputs
  const least = leastBound(policy)
  const need = needBound(inputs)
  const model = modelBound(inputs)
  const kill = killBound(inputs)
  const caps = capBounds(inputs)
  const heap = heapBound(inputs, caps)
  const isModelled = need !== null && model !== null && model.bytes < need.bytes
  const highest = [least, isModelled ? model : need, kill, heap]
    .filter((bound) => bound !== null)
    .reduce((high, bound) => (bound.bytes > high.bytes ? bound : high))
  const rounded = Math.ceil(highest.bytes / policy.stepBytes) * policy.stepBytes
  const [cap = null] = caps.toSorted((a, b) => a.bytes - b.bytes)
  const isCapped = cap !== null && cap.bytes < rounded
  const bytes = isCapped ? Math.floor(cap.bytes / policy.stepBytes) * policy.stepBytes : rounded
  const binding = isCapped ? cap : highest
  const bounds = [need, kill, heap, least, model, ...caps].filter((bound) => bound !== null)
  return {
    bytes: bytes < (observed?.bytes ?? 1) ? null : bytes,
    bounds: bounds.map((bound) => ({ ...bound, binds: bound === binding })),
  }
}

function leastBound({ leastBytes }: HeadroomPolicy): Bound {
  return {
    name: 'least',
    kind: 'at-least',
    bytes: leastBytes,
    says: `No limit is below ${formatBytes(leastBytes)}.`,
  }
}

function needBound({ observed, headroom }: LimitInputs): Bound | null {
  if (observed === null) return null
  const bytes = Math.ceil(observed.bytes * (1 + headroom.share))
  return {
    name: observed.name,
    kind: 'at-least',
    bytes,
    says: `${formatBytes(observed.bytes)} and ${percent(headroom.share)} of room make ${formatBytes(bytes)}.`,
  }
}

function killBound({ kills, policy, isEnough }: LimitInputs): Bound | null {
  const [worst] = kills.counted.toSorted((a, b) => b.limitBytes - a.limitBytes)
  if (worst === undefined) return null
  const least = Math.ceil(killBoundBytes(worst, policy))
  const bytes = isEnough ? least : Math.max(least, firstStepBytes(worst.limitBytes))
  const times = counted(kills.counted.length, 'kill')
  const then = isEnough
    ? `It takes ${formatBytes(bytes)} at least.`
    : `The first step is ${formatBytes(bytes)}, to be corrected by what it really uses then.`
  return {
    name: 'out-of-memory kill',
    kind: 'at-least',
    bytes,
    says: `${times} for memory, at up to ${formatBytes(worst.limitBytes)}: that was too little, and how much too little is not known. ${then}`,
  }
}

/** Where a kill is all that is known: a heap that was asked for fills whatever is less, and is killed again. */
function heapBound(
  { evidence: { heap }, kills, isEnough }: LimitInputs,
  caps: readonly Bound[],
): Bound | null {
  if (heap === null || isEnough || kills.counted.length === 0) return null
  const bytes = limitForHeap(heap.bytes)
  if (caps.some((cap) => cap.bytes < bytes)) return null
  return {
    name: 'runtime settings',
    kind: 'at-least',
    bytes,
    says: `${heap.setBy} lets its heap grow to ${formatBytes(heap.bytes)}, which with what is beside a heap takes a limit of ${formatBytes(bytes)}. For a smaller one, make the heap smaller first.`,
  }
}

/** Settings bound the room above the need; a calm history's room stays in any case, for what no setting bounds. */
function modelBound({ evidence, observed, policy }: LimitInputs): Bound | null {
  const { model } = evidence
  // Where the settings are the need, they do not bound it once more.
  if (model === null || observed === null || model.bytes <= observed.bytes) return null
  const bytes = Math.ceil(Math.max(model.bytes, observed.bytes * (1 + policy.longHistory)))
  return {
    name: 'runtime settings',
    kind: 'at-most',
    bytes,
    says: `By its own settings it cannot grow beyond ${formatBytes(model.bytes)}: ${model.says.join('; ')}.`,
  }
}

function capBounds({ evidence, policy }: LimitInputs): Bound[] {
  const { aboveBytes, hostBytes } = evidence
  const above: Bound[] =
    aboveBytes === null
      ? []
      : [
          {
            name: 'limit above',
            kind: 'at-most',
            bytes: aboveBytes,
            says: `A limit above it ends at ${formatBytes(aboveBytes)}.`,
          },
        ]
  if (hostBytes === null) return above
  const bytes = Math.floor(hostBytes * policy.mostOfHost)
  return [
    ...above,
    {
      name: 'host',
      kind: 'at-most',
      bytes,
      says: `The machine has ${formatBytes(hostBytes)}; one workload gets ${percent(policy.mostOfHost)} of it at most, ${formatBytes(bytes)}, so that a leak does not take the machine with it.`,
    },
  ]
}
