import { formatBytes } from '../../model/bytes.ts'
import type { BlackBox } from '../../model/facts.ts'
import type { Binding } from '../../model/case.ts'
import {
  bindingOf,
  endedBySigkill,
  memoryRuledOutBy,
  ownLimitBytes,
  subjectInWords,
} from '../reading.ts'
import { NO_BINDING, NOT_SHOWN, ruledOut, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/** Its own guard let it leave for want of memory, and wrote down why. */
export const guardLeft: Rule = {
  id: 'guard-left',
  code: 'runtime-out-of-memory',
  question: 'Did it leave by itself for want of memory, as its guard says?',
  ask,
}

/** What a guard leaves with: EX_TEMPFAIL of sysexits.h. */
const EXIT_DRAINED = 75

/** By the reason that its last record gives; one that was asked to leave has others. */
const WHY: ReadonlyMap<string, string> = new Map([
  ['memory', 'before its limit was reached'],
  ['shedding', 'as it had refused all work for want of memory for too long'],
])

function ask(incident: Incident): Answer {
  const { ending, blackBox } = incident
  const why = WHY.get(blackBox?.fact.leftFor ?? '')
  if (blackBox === null || ending === null || why === undefined) return NOT_SHOWN
  if (incident.reports.length > 0) return ruledOut(incident.reports)
  const { exitCode } = ending
  if (endedBySigkill(incident) || exitCode === 0) return NOT_SHOWN
  const ended = exitCode === null ? '' : `, exit code ${exitCode}`
  return {
    answer: 'holds',
    confidence: exitCode === EXIT_DRAINED ? 'certain' : 'likely',
    summary: `${subjectInWords(incident)} left by itself ${why}${ended}, as its own guard wrote down${heldInWords(blackBox.fact)}. The kernel killed nothing.`,
    mainProcessDied: true,
    binding: bindingBy(incident, blackBox.fact),
    because: [blackBox, ...ending.because, ...memoryRuledOutBy(incident)],
    against: [],
  }
}

/** What it was nearest to; a limit that is not its own may be `memory.high`, or one above. */
function bindingBy(incident: Incident, box: BlackBox): Binding {
  const { heapBytes, heapLimitBytes, unreclaimableBytes, limitBytes, usageBytes } = box
  if (share(heapBytes, heapLimitBytes) > share(unreclaimableBytes, limitBytes)) {
    return { ...NO_BINDING, scope: 'runtime', limitBytes: heapLimitBytes, usageBytes: heapBytes }
  }
  const isOwn = (ownLimitBytes(incident) ?? limitBytes) === limitBytes
  if (!isOwn) return { ...NO_BINDING, limitBytes, usageBytes }
  return { ...bindingOf(incident, 'container'), limitBytes, usageBytes }
}

function share(bytes: number | null, limitBytes: number | null): number {
  return bytes === null || limitBytes === null || limitBytes === 0 ? 0 : bytes / limitBytes
}

function heldInWords({ unreclaimableBytes: held, limitBytes: limit }: BlackBox): string {
  if (held === null || limit === null) return ''
  return `: ${formatBytes(held)} of ${formatBytes(limit)} could not be reclaimed`
}
