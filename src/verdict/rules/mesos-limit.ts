import { formatBytes, MIB } from '../../model/bytes.ts'
import { hostAvailableBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/** Mesos reports the kernel's kill as TASK_FAILED with "Memory limit exceeded" (its memory isolator). */
export const mesosLimit: Rule = {
  id: 'mesos-limit',
  code: 'oom-own-limit',
  question: 'Did Mesos report that the task exceeded its memory limit?',
  ask,
}

/** DEFAULT_EXECUTOR_MEM of Mesos (src/slave/constants.hpp), added for command and Docker executors. */
export const EXECUTOR_OVERHEAD_BYTES = 32 * MIB

function ask(incident: Incident): Answer {
  const update = incident.mesos.find(({ fact }) => fact.memoryLimitExceeded)
  if (update === undefined) return NOT_SHOWN
  const { requestedBytes, maxUsedBytes } = update.fact
  const limit =
    requestedBytes === null ? 'its limit' : `its limit of ${formatBytes(requestedBytes)}`
  const app = incident.marathon?.fact.memoryBytes ?? null
  const overhead =
    requestedBytes === null
      ? ''
      : app !== null && requestedBytes - app === EXECUTOR_OVERHEAD_BYTES
        ? ` That is the app's ${formatBytes(app)} plus the executor's 32 MiB.`
        : ` Mesos counts 32 MiB for the executor into it, so the app may declare ${formatBytes(Math.max(0, requestedBytes - EXECUTOR_OVERHEAD_BYTES))}.`
  return {
    answer: 'holds',
    confidence: 'likely',
    summary: `Mesos ended ${subjectInWords(incident)} because it reached ${limit}.${overhead}`,
    mainProcessDied: true,
    binding: {
      scope: 'container',
      path: null,
      limitBytes: requestedBytes,
      usageBytes: maxUsedBytes,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: [update, ...(incident.marathon === null ? [] : [incident.marathon])],
    against: [],
  }
}
