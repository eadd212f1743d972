import { formatBytes } from '../../model/bytes.ts'
import type { Judgement } from '../../verdict/engine.ts'
import type { Incident } from '../../verdict/incident.ts'
import { heapSetting } from '../../verdict/runtime-heap.ts'
import { limitForHeap, MOST_OF_HOST } from '../first-step.ts'
import { inSteps, nextLimitBytes, setLimitCommands } from '../limits.ts'
import { hasCause, isVerdict, leftBeforeLimit, type RemedyRule } from '../remedy-rule.ts'

export const raiseLimit: RemedyRule = {
  id: 'raise-limit',
  suits(incident, judgement) {
    const isNear =
      isVerdict(judgement, 'oom-own-limit', 'at-risk', 'hung-at-limit') ||
      (leftBeforeLimit(incident, judgement) && judgement.binding.scope === 'container')
    if (!isNear) return null
    const next = nextLimitBytes(incident, judgement)
    if (next === null) return null
    const heap = hasCause(judgement, 'heap-over-limit') ? heapThatFits(incident) : null
    const bytes = Math.max(next, heap?.limitBytes ?? 0)
    return {
      id: raiseLimit.id,
      layer: 'container',
      title: `Raise the limit to ${formatBytes(bytes)}${heap?.purpose ?? purposeOf(judgement)}`,
      risk: 'low',
      reversible: true,
      commands: setLimitCommands(incident, bytes),
      change: { kind: 'limit', limitBytes: bytes, requestBytes: null },
    }
  },
}

/** A heap that was asked for, where this machine has the memory for it. */
function heapThatFits(incident: Incident): { limitBytes: number; purpose: string } | null {
  const { maxHeapBytes = null, setBy = null } = heapSetting(incident) ?? {}
  if (maxHeapBytes === null || setBy === null) return null
  const limitBytes = inSteps(limitForHeap(maxHeapBytes))
  const hostBytes = incident.hostMemory?.fact.totalBytes ?? null
  if (hostBytes !== null && limitBytes > hostBytes * MOST_OF_HOST) return null
  return {
    limitBytes,
    purpose: `, which holds the heap of ${formatBytes(maxHeapBytes)} that ${setBy} allows, and what is beside it`,
  }
}

function purposeOf(judgement: Judgement): string {
  if (isVerdict(judgement, 'hung-at-limit')) return ': who waits at it goes on where it stands'
  if (hasCause(judgement, 'heap-over-limit')) {
    return ', and keep the heap below it: by its setting it may outgrow that limit as well'
  }
  return hasCause(judgement, 'leak', 'tmpfs', 'kernel-memory')
    ? ' to win time; it does not cure what fills it'
    : ', then correct it by what the next run really uses'
}
