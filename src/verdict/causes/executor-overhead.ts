import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import type { Incident } from '../incident.ts'
import { EXECUTOR_OVERHEAD_BYTES } from '../mesos-limits.ts'

/** Mesos adds 32 MiB for the executor, and the executor's own processes use them and more. */
export const executorOverhead: CauseRule = { code: 'executor-overhead', find }

function find(incident: Incident): CauseFinding | null {
  const update = incident.mesos.find(
    ({ fact }) => fact.memoryLimitExceeded && fact.requestedBytes !== null,
  )
  if (update === undefined || update.fact.requestedBytes === null) return null
  const app = update.fact.requestedBytes - EXECUTOR_OVERHEAD_BYTES
  if (app <= 0) return null
  const known = incident.marathon?.fact.memoryBytes === app
  return {
    confidence: known ? 'certain' : 'possible',
    summary: `The limit of ${formatBytes(update.fact.requestedBytes)} is the app's ${formatBytes(app)} plus 32 MiB that Mesos adds for its executor, whose own processes are charged to the same limit.`,
    because: [update, ...(incident.marathon === null ? [] : [incident.marathon])],
  }
}
