/** What to mind of a change, by what happened before it and by what it leaves as it is. */
import { isDeepStrictEqual } from 'node:util'
import type { FixChoice } from '../../../advice/choose-fix.ts'
import { quote } from '../../../advice/shell.ts'
import type { ContainerState } from '../../../model/facts.ts'
import type { FixRecord } from '../../../model/fix.ts'
import { localTime } from '../../../report/time.ts'

/** @param records of this subject, newest first */
export function minded(
  choice: FixChoice,
  records: readonly FixRecord[],
  container: ContainerState | null,
): FixChoice {
  if (choice.kind !== 'change') return choice
  const warnings = [
    ...choice.warnings,
    ...takenBack(choice.change, records),
    ...(choice.where === 'shared' ? leftDead(container) : []),
  ]
  return { ...choice, warnings }
}

function takenBack(change: FixRecord['change'], [last]: readonly FixRecord[]): string[] {
  if (last === undefined || !isDeepStrictEqual(last.change, change)) return []
  const which = `${last.id}, ${localTime(last.endedAt ?? last.at)}`
  switch (last.state) {
    case 'undone':
      return [`The same change was made before and taken back (${which}): what spoke against it?`]
    case 'rolled-back':
    case 'stuck':
      return [
        `The same change was tried before and failed (${which})${last.problem === null ? '' : `: ${last.problem}`}`,
      ]
    default:
      return []
  }
}

/** Only who is changed itself is started again. */
function leftDead(container: ContainerState | null): string[] {
  if (container?.running !== false || container.name === null) return []
  const start = `${container.engine} start ${quote(container.name)}`
  return [`${container.name} does not run, and this does not start it: ${start}`]
}
