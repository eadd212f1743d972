import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { CgroupState, ProcessState } from '../../model/facts.ts'
import { limitHitsOf } from '../../model/limit-hits.ts'
import { bindingOf, subjectInWords } from '../reading.ts'
import { memoryQosInWords } from '../kubelet.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/** Alive, and held back by reclaim or swap: at memory.high or at the limit, with stalls to show for it. */
export const thrashing: Rule = {
  id: 'thrashing',
  code: 'thrashing',
  question: 'Is it alive but held back by reclaim or swap at a limit?',
  ask,
}

/** Share of time in which all tasks stalled on memory, in percent of the last 10 s; systemd-oomd's default limit is 60. */
const FULL_STALL_PERCENT = 10

function ask(incident: Incident): Answer {
  if (incident.alive === false || incident.ending !== null) return NOT_SHOWN
  const own = incident.groups.own
  if (own === null || isEmpty(own.fact)) return NOT_SHOWN
  const held = heldBack(own.fact, incident)
  if (held === null) return NOT_SHOWN
  return {
    answer: 'holds',
    confidence: held.confidence,
    summary: `${subjectInWords(incident)} is alive but held back at ${held.limitName} of ${formatBytes(held.limitBytes)}: ${held.how}. Nothing was killed.${held.limitName === 'memory.high' ? memoryQosInWords(incident) : ''}`,
    mainProcessDied: false,
    binding: {
      ...bindingOf(incident, 'container'),
      limitBytes: held.limitBytes,
      usageBytes: own.fact.usageBytes,
    },
    because: [own, ...held.because, ...samplesOf(incident)],
    against: [],
  }
}

interface Held {
  limitName: string
  limitBytes: number
  how: string
  confidence: 'certain' | 'likely'
  because: readonly Observation[]
}

function heldBack(group: CgroupState, incident: Incident): Held | null {
  return atHigh(group) ?? atMax(group, incident)
}

/** Above memory.high every return to user space sleeps (mem_cgroup_handle_over_high). */
function atHigh(group: CgroupState): Held | null {
  const { highBytes, usageBytes, events } = group
  if (highBytes === null || usageBytes === null) return null
  if (usageBytes < 0.97 * highBytes || (events?.high ?? 0) === 0) return null
  if (!stalls(group) && (events?.high ?? 0) < 1_000) return null
  return {
    limitName: 'memory.high',
    limitBytes: highBytes,
    how: `it was throttled ${events?.high} times${stallInWords(group)}`,
    confidence: stalls(group) ? 'certain' : 'likely',
    because: [],
  }
}

function atMax(group: CgroupState, incident: Incident): Held | null {
  const { limitBytes, usageBytes } = group
  if (limitBytes === null || usageBytes === null || usageBytes < 0.95 * limitBytes) return null
  const hits = limitHitsOf(group)
  if (hits === 0) return null
  const waiting = incident.processes.filter(({ fact }) => waitsForDisk(fact))
  if (waiting.length > 0) {
    return {
      limitName: 'its limit',
      limitBytes,
      how: `${waiting.length === 1 ? 'a process waits' : `${waiting.length} processes wait`} in the kernel until file pages are on the disk and can be dropped`,
      confidence: 'certain',
      because: waiting,
    }
  }
  const swapped =
    group.stat.get('swap') ?? group.stat.get('total_swap') ?? group.swapUsageBytes ?? 0
  const swapping = swapped > 0 && faultsPerSecond(incident) > 50
  if (!stalls(group) && !swapping) return null
  return {
    limitName: 'its limit',
    limitBytes,
    how: `${hits === null ? 'it stands at its limit' : `the limit was hit ${hits} times`}${swapped > 0 ? ', memory goes to swap and comes back' : ''}${stallInWords(group)}`,
    confidence: stalls(group) ? 'certain' : 'likely',
    because: [],
  }
}

/**
 * Of a charge: reclaim found nothing but pages on their way to the disk. cgroup v1 waits for each of them
 * (folio_wait_writeback in shrink_folio_list), v2 for some (reclaim_throttle).
 */
function waitsForDisk({ stack }: ProcessState): boolean {
  const reclaims = stack.some((frame) => frame.includes('try_to_free_mem_cgroup_pages'))
  return reclaims && stack.some((frame) => WAITS.test(frame))
}

const WAITS = /wait_on_page_writeback|folio_wait_writeback|reclaim_throttle|congestion_wait/

function stalls(group: CgroupState): boolean {
  return (group.pressure?.full?.avg10 ?? group.pressure?.some?.avg10 ?? 0) >= FULL_STALL_PERCENT
}

function stallInWords(group: CgroupState): string {
  const full = group.pressure?.full?.avg10
  return full === undefined ? '' : `, all its tasks stalled for ${full} % of the last 10 s`
}

/** Major faults per second over the samples, or over its life where only the total is known; 0 when unknown. */
function faultsPerSecond(incident: Incident): number {
  const samples = incident.samples?.fact.samples.filter((s) => s.pageMajorFaults !== null) ?? []
  const [first, last] = [samples[0], samples.at(-1)]
  if (first !== undefined && last !== undefined && last.at > first.at) {
    return (
      (((last.pageMajorFaults ?? 0) - (first.pageMajorFaults ?? 0)) * 1_000) / (last.at - first.at)
    )
  }
  const total = incident.groups.own?.fact.stat.get('pgmajfault') ?? 0
  return total >= 1_000 ? 51 : 0
}

function samplesOf(incident: Incident): readonly Observation[] {
  return incident.samples === null ? [] : [incident.samples]
}

function isEmpty(group: CgroupState): boolean {
  return group.pids?.length === 0 || group.populated === false
}
