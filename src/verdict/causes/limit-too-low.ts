import { formatBytes } from '../../model/bytes.ts'
import type { OomReport } from '../../model/kernel.ts'
import { hadRoomAgain } from '../../model/room-again.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { bindingOf, ownLimitBytes } from '../reading.ts'
import { heapSetting } from '../runtime-heap.ts'
import { limitInWords, loweredLimit, releaseInWords, releaseOf } from '../release.ts'
import { steadyRise } from '../growth.ts'
import type { Incident } from '../incident.ts'
import { shareOf, usageOf } from '../usage.ts'

/** The program's own memory fills the limit and nothing else explains it: it needs more, at least for a moment. */
export const limitTooLow: CauseRule = { code: 'limit-too-low', find }

/** A program that dies this soon after its start never fitted. */
const STARTUP_MS = 10_000

function find(incident: Incident): CauseFinding | null {
  const released = loweredByRelease(incident)
  if (released !== null) return released
  const [report] = incident.reports
  if (report === undefined || !isOfAGroup(report.fact)) return null
  const usage = usageOf(incident)
  if (usage !== null && shareOf(usage, usage.anonBytes) < 0.5) return null
  if (explainedByHeap(incident)) return null
  const binding = bindingOf(incident, 'container')
  const limit = binding.limitBytes
  const what = limit === null ? 'its limit' : `its limit of ${formatBytes(limit)}`
  if (diedAtStart(incident)) {
    return {
      confidence: 'likely',
      summary: `It reached ${what} within seconds of its start${everyTime(incident)}: it needs more than that to run at all.`,
      because: [report],
    }
  }
  if (steadyRise(incident) !== null) return null
  const fills = hadRoomAgain(binding) ? 'had filled' : 'fills'
  return {
    confidence: 'possible',
    summary: `Its own memory ${fills} ${what}. Whether it needs that much or leaks shows only in its course over time: record samples before the next kill.`,
    because: [report],
  }
}

/** The kills began with a version that asks for less: the program did not change its mind, the manifest did. */
function loweredByRelease(incident: Incident): CauseFinding | null {
  const release = releaseOf(incident)
  const lowered = release === null ? null : loweredLimit(incident, release)
  if (release === null || lowered === null || !wasOomKilled(incident)) return null
  const [report] = incident.reports
  return {
    confidence: 'likely',
    summary: `A release lowered its limit from ${limitInWords(lowered.from)} to ${limitInWords(lowered.to)}: ${releaseInWords(release)}.`,
    because: [release.workload, ...(report === undefined ? [] : [report])],
  }
}

function wasOomKilled({ reports, podContainer }: Incident): boolean {
  if (reports.some(({ fact }) => isOfAGroup(fact))) return true
  return [podContainer?.state, podContainer?.lastState].some(
    (state) => state?.reason === 'OOMKilled',
  )
}

/** Counters of a group stand in the report even where its summary line was lost; a machine, a node or a policy has none. */
function isOfAGroup({ constraint, memory, manual }: OomReport): boolean {
  if (manual) return false
  return constraint === 'memcg' || (constraint === null && memory !== null)
}

function explainedByHeap(incident: Incident): boolean {
  const heap = heapSetting(incident)?.maxHeapBytes ?? null
  const limit = ownLimitBytes(incident) ?? bindingOf(incident, 'container').limitBytes
  return heap !== null && limit !== null && heap >= 0.9 * limit
}

function diedAtStart(incident: Incident): boolean {
  const { startedAt, at } = incident
  return startedAt !== null && at !== null && at - startedAt < STARTUP_MS
}

function everyTime(incident: Incident): string {
  return incident.killsInAll > 1 ? `, ${incident.killsInAll} times in a row` : ''
}
