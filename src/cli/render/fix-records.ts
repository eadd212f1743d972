import type { shownRecord } from '../commands/fix/hidden.ts'
import type { Paint } from './paint.ts'
import { printable } from '../../report/printable.ts'
import { textTable } from '../../report/table.ts'
import { localTime } from '../../report/time.ts'
import { shortSubject } from '../../report/words.ts'

type ShownRecord = ReturnType<typeof shownRecord>

/** Fixes, newest first. */
export function fixList(records: readonly ShownRecord[], { quiet }: { quiet: boolean }): string {
  if (quiet) return records.map(({ id, state }) => `${id} ${state}\n`).join('')
  if (records.length === 0) return 'No fix was made.\n'
  const rows = records.map(({ id, state, subject, plan, at }) => [
    id,
    state,
    localTime(at),
    shortSubject(subject),
    printable(plan.title),
  ])
  return `${textTable(['Fix', 'State', 'Time', 'Subject', 'Change'], rows).join('\n')}\n`
}

export function undoneText(
  { id, state, problem, plan }: ShownRecord,
  { paint, quiet }: { paint: Paint; quiet: boolean },
): string {
  if (quiet) return `${state} ${id}\n`
  if (state !== 'undone' && state !== 'rolled-back') {
    return `${paint.bad(`Not taken back: ${id} is ${state}`)}\n${problem === null ? '' : `${printable(problem)}\n`}`
  }
  const back = plan.changes.map(
    ({ field, before, after }) =>
      `  ${printable(field)}: ${printable(after ?? 'not set')} -> ${printable(before ?? 'not set')}\n`,
  )
  return `${paint.good(`Taken back: ${id}`)}\n${back.join('')}`
}
