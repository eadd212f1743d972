import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import { EXECUTOR_OVERHEAD_BYTES, limitInWords, limitOfApp } from '../mesos-limits.ts'
import { hostAvailableBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'
import { cycleInWords, restartCycle, type RestartCycle } from '../restart-cycle.ts'

/** Mesos reports the kernel's kill as TASK_FAILED with "Memory limit exceeded" (its memory isolator). */
export const mesosLimit: Rule = {
  id: 'mesos-limit',
  code: 'oom-own-limit',
  question: 'Did Mesos report that the task exceeded its memory limit?',
  ask,
}

function ask(incident: Incident): Answer {
  const update = incident.mesos.find(({ fact }) => fact.memoryLimitExceeded)
  if (update === undefined) return NOT_SHOWN
  const { maxUsedBytes } = update.fact
  const app = incident.marathon
  // The isolator of cgroup v2 does not write the limit down; the app tells it.
  const limitBytes = update.fact.requestedBytes ?? (app === null ? null : limitOfApp(app.fact))
  const limit = limitBytes === null ? 'its limit' : `its limit of ${formatBytes(limitBytes)}`
  return {
    answer: 'holds',
    confidence: 'likely',
    summary: `Mesos ended ${subjectInWords(incident)} because it reached ${limit}.${partsOf(limitBytes, incident)}${cycleInWords(incident)}`,
    mainProcessDied: true,
    binding: {
      scope: 'container',
      path: null,
      limitBytes,
      usageBytes: maxUsedBytes,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: [
      update,
      ...(app === null ? [] : [app]),
      ...telling(restartCycle(incident)),
      ...(incident.launch === null ? [] : [incident.launch]),
    ],
    against: [],
  }
}

/** The two that begin the series and the two that end it: the rest stands in the same answers. */
function telling(cycle: RestartCycle | null): readonly Observation[] {
  return cycle === null ? [] : [...cycle.ends.slice(0, 2), ...cycle.ends.slice(-2)]
}

function partsOf(limitBytes: number | null, { marathon }: Incident): string {
  if (limitBytes === null) return ''
  const known = marathon?.fact ?? null
  if (known !== null && limitOfApp(known) === limitBytes) return ` That is ${limitInWords(known)}.`
  const app = formatBytes(Math.max(0, limitBytes - EXECUTOR_OVERHEAD_BYTES))
  return ` Mesos counts 32 MiB for the executor into it, so the app may declare ${app}.`
}
