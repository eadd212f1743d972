import { formatBytes } from '../model/bytes.ts'
import type { Growth } from '../model/growth.ts'
import type { HeadroomPolicy, Sizing, SizingEvidence } from '../model/sizing.ts'
import { largestOf } from '../model/extremes.ts'
import { confidenceOf } from './confidence.ts'
import { classifyGrowth, unknownGrowth } from './growth/classify.ts'
import { headroomOf } from './headroom.ts'
import { historyOf } from './history.ts'
import type { History } from './history.ts'
import { killsOf } from './kills.ts'
import type { Kills } from './kills.ts'
import { isLeak, refuseLeak, suspicion } from './leak.ts'
import { limitOf } from './limit.ts'
import { grownToItsEnd, observedNeed } from './observed.ts'
import { plateauOf } from './plateau.ts'
import { DAY_SECONDS } from './policy.ts'
import { requestOf } from './request.ts'
import { swapBeside } from './swap.ts'
import { sentence } from './words.ts'

/**
 * The limit and the request that a subject should have, and why: what it was seen to need without page cache, and room above
 * that; not below what a kill showed to be too little, not above what the machine can give. What grows without end gets no
 * limit, and neither does what nothing is known of.
 */
export function sizeOf(evidence: SizingEvidence, policy: HeadroomPolicy): Sizing {
  const history = historyOf(evidence)
  const { recording } = history
  const growth = recording === null ? NO_GROWTH : classifyGrowth(recording, { at: evidence.at })
  const known: Known = {
    evidence,
    policy,
    history,
    growth,
    kills: killsOf(evidence, recording, history.changedAt, policy),
  }
  if (isLeak(growth)) return endsBySettings(known) ? sized(known) : leaking(known)
  if (isUnsettled(known)) return warmingUp(known)
  return sized(known)
}

interface Known {
  evidence: SizingEvidence
  policy: HeadroomPolicy
  history: History
  growth: Growth
  kills: Kills
}

/** What still warms up has no size yet, unless a kill tells what is too little in any case. */
function isUnsettled({ growth, history, kills }: Known): boolean {
  return (
    growth.kind === 'warm-up' && kills.counted.length === 0 && plateauOf(history.needs) === null
  )
}

/**
 * Whether what grows in one life is a heap or a data set on its way to an end that its own settings keep. It is where it grew by
 * more than there is outside of them. What ended lives by growing alike is a leak, whatever the settings say.
 */
function endsBySettings({ evidence, growth, history, kills }: Known): boolean {
  const { segment, slope } = growth
  const seconds = segment === null ? 0 : (segment.to - segment.from) / 1_000
  const grownBytes = (slope?.perSecond ?? 0) * seconds
  const most = Math.max(0, largestOf(history.needs.map(({ bytes }) => bytes)))
  return (
    growth.diagnosis === 'suspected-leak' &&
    kills.all.length === 0 &&
    evidence.model !== null &&
    evidence.model.unboundedBytes < grownBytes &&
    evidence.model.bytes > most
  )
}

function leaking(known: Known): Sizing {
  const { evidence, history, growth, policy } = known
  const { buys, says } = refuseLeak(evidence, history, growth, policy)
  return { ...unsized(known), buys, because: [...growthSays(known), ...says] }
}

function warmingUp(known: Known): Sizing {
  return {
    ...unsized(known),
    because: [
      ...growthSays(known),
      'It is still warming up, and where that ends cannot be told yet, so no limit is given.',
    ],
    unknown: [...unsized(known).unknown, 'the level at which it comes to rest: ask again later'],
  }
}

function sized(known: Known): Sizing {
  const { evidence, policy, history, growth, kills } = known
  const { observed, isEnough, unknown } = isLeak(growth)
    ? grownToItsEnd(evidence)
    : observedNeed(evidence, history, growth)
  const killed = kills.counted.length > 0
  if (!isEnough && !killed) return nothingKnown(known, unknown)
  const headroom =
    isEnough && !isLeak(growth)
      ? headroomOf(history, sinceOf(evidence), evidence.at, policy)
      : { share: 0, says: isEnough ? FULL : GLIMPSE }
  const limit = limitOf({ evidence, policy, observed, isEnough, headroom, kills })
  const common = {
    ...unsized(known),
    headroom: headroom.share,
    confidence: confidenceOf({ history, growth, observed: isEnough, killed }),
    bounds: limit.bounds,
    unknown: [...unsized(known).unknown, ...unknown],
  }
  const need = observed === null ? [] : [observed.says, headroom.says]
  const binding = limit.bounds.filter(({ binds, name }) => binds && name !== observed?.name)
  const because = [...growthSays(known), ...need, ...binding.map(({ says }) => says)]
  if (limit.bytes === null) {
    return {
      ...common,
      because: [...because, 'That is less than it was seen to need: it does not fit here.'],
    }
  }
  const { runtimes } = evidence
  const request = requestOf({ limitBytes: limit.bytes, history, growth, policy, killed, runtimes })
  return {
    ...common,
    limitBytes: limit.bytes,
    requestBytes: request.bytes,
    refused: false,
    because: [...because, ...beyond(known, limit.bytes), request.says],
  }
}

/** What the limit does not cover, or covers beside. */
function beyond({ evidence, growth, kills, policy }: Known, limitBytes: number): string[] {
  const { model, heap } = evidence
  const { perUnit } = growth
  const units =
    growth.kind === 'concurrency' && perUnit !== null && perUnit.unitBytes > 0
      ? Math.max(0, Math.floor((limitBytes * ROOM - perUnit.baseBytes) / perUnit.unitBytes))
      : null
  return [
    ...(units === null
      ? []
      : [`${units} units of load fit into nine tenths of it: cap them there.`]),
    ...(model === null || model.bytes <= limitBytes
      ? []
      : [
          `Its own settings let it grow to ${formatBytes(model.bytes)}, which is more: ${model.says.join('; ')}. Lower them with the limit, so that the runtime gives up before the kernel kills.`,
        ]),
    ...(model !== null || heap === null || heap.bytes <= limitBytes
      ? []
      : [
          `${heap.setBy} lets its heap grow to ${formatBytes(heap.bytes)}, which is more. Lower it with the limit, so that the runtime gives up before the kernel kills.`,
        ]),
    ...(kills.all.length > kills.counted.length
      ? [
          `Kills from before count no more: the workload changed since, or was quiet for ${Math.round(policy.killExpiresSeconds / DAY_SECONDS)} days.`,
        ]
      : []),
    ...swapBeside(evidence),
    ...suspicion(kills.rising, growth),
  ]
}

/** A tenth stays free for what is not load. */
const ROOM = 0.9

function nothingKnown(known: Known, unknown: readonly string[]): Sizing {
  return {
    ...unsized(known),
    because: [
      ...growthSays(known),
      'Too little is known of it: neither enough samples, nor a high-water mark of the kernel, nor a kill.',
    ],
    unknown: [...new Set([...unsized(known).unknown, ...unknown, ...known.growth.missing])],
  }
}

/** What every answer has; without a limit until one is found. */
function unsized({ evidence, growth, history }: Known): Sizing {
  return {
    subject: evidence.subject ?? history.recording?.subject ?? null,
    growth,
    limitBytes: null,
    requestBytes: null,
    refused: true,
    buys: null,
    headroom: 0,
    confidence: growth.confidence,
    bounds: [],
    because: [],
    unknown: [
      ...new Set([...evidence.unknown, ...(history.recording?.unknown ?? []), ...growth.missing]),
    ],
  }
}

function growthSays({ growth }: Known): string[] {
  return growth.because.map(sentence)
}

/** Since when the kernel's mark of the present life counts. */
function sinceOf({ peakBytes, startedAt }: SizingEvidence): number | null {
  return peakBytes === null ? null : startedAt
}

const FULL = 'That is the most that it may become, so there is no room above it.'
/** A glimpse is no history: the kill decides, and only has to hold what was seen. */
const GLIMPSE = 'That is too little to size by; a kill decides.'

/** Nothing was recorded. */
const NO_GROWTH = unknownGrowth(null, ["samples over time: 'stella record' takes them"])
