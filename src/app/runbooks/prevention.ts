/** What was done of the prevention of a runbook, on this data folder. */
import { redactEvent } from '../../evidence/redact.ts'
import { usageError } from '../../model/errors.ts'
import type { Runbook } from '../../model/runbook.ts'
import { preventionOf } from '../../runbooks/prevention.ts'
import type { Prevention } from '../../runbooks/prevention.ts'
import { preventionStore } from '../../store/prevention.ts'

export interface PreventionOrder {
  /** The number of the point in the document, or its key. */
  item: string
  isDone: boolean
  by: string
  /** What shows it; null: nothing was given. */
  evidence: string | null
  now: number
}

/** Characters; more is a document of its own, to which a link leads. */
const MOST_EVIDENCE = 2_000

/** @throws StellaError (unreachable) where what was kept cannot be read */
export function listPrevention(dataFolder: string, runbook: Runbook, now: number): Prevention {
  return preventionOf(runbook, preventionStore(dataFolder).marksOf(runbook.id), now)
}

/**
 * Says of one point that it was done, or that it is open again.
 *
 * @throws StellaError (usage) where the runbook has no such point, or the evidence is too long; (unreachable) where it cannot be
 * kept
 */
export async function markPrevention(
  dataFolder: string,
  runbook: Runbook,
  { item: wanted, isDone, by, evidence, now }: PreventionOrder,
): Promise<Prevention> {
  const { items } = listPrevention(dataFolder, runbook, now)
  const found = items.find(({ item, number }) => item === wanted || String(number) === wanted)
  if (found === undefined) {
    throw usageError(
      `the prevention of ${runbook.id} has no point '${wanted.slice(0, 60)}'`,
      null,
      items.length === 0
        ? 'its document has no list there'
        : `give a number from 1 to ${items.length}`,
    )
  }
  if ((evidence?.length ?? 0) > MOST_EVIDENCE) {
    throw usageError(
      `the evidence has more than ${MOST_EVIDENCE} characters`,
      null,
      'give a link to it instead',
    )
  }
  const at = new Date(now).toISOString()
  const { item, text } = found
  await preventionStore(dataFolder).keep(
    redactEvent({ runbook: runbook.id, item, text, isDone, by, at, evidence }),
  )
  return listPrevention(dataFolder, runbook, now)
}
