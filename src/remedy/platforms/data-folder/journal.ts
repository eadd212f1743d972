/** Lines of the journal that cannot be read: blanked where they stand, and kept in the record of the fix. */
import type { ChangePlan, FixStep } from '../../../model/fix.ts'
import {
  blankLine,
  damagedLines,
  type LineState,
  putLineBack,
  stateOf,
} from '../../../store/cases.ts'
import { conflict } from '../../conflict.ts'
import type { LineData } from './step.ts'

export async function planJournal(
  dataFolder: string,
): Promise<Pick<ChangePlan, 'changes' | 'steps' | 'title'>> {
  const { lines } = await damagedLines(dataFolder)
  return {
    title: `Take ${lines.length} ${lines.length === 1 ? 'line' : 'lines'} that cannot be read out of the journal of cases`,
    changes: lines.map(({ file, offset, base64 }) => ({
      field: `${file}, byte ${offset}`,
      before: `${Buffer.from(base64, 'base64').length} damaged bytes`,
      after: 'blanks',
    })),
    steps: lines.map((line): FixStep => {
      const data: LineData = { kind: 'line', dataFolder, ...line }
      const says = `blank the line at byte ${line.offset} of ${line.file}; its bytes are kept in the record`
      return { id: `${line.file}:${line.offset}`, says, command: null, data }
    }),
  }
}

export function blank(data: LineData): void {
  move(data, { to: 'blank', by: blankLine, force: false })
}

export function putBack(data: LineData, force: boolean): void {
  move(data, { to: 'damaged', by: putLineBack, force })
}

function move(
  data: LineData,
  { to, by, force }: { to: LineState; by: typeof blankLine; force: boolean },
): void {
  const now = stateOf(data.dataFolder, data)
  if (now === to) return
  if (now === 'other' && !force) {
    const where = `${data.file}, byte ${data.offset}`
    throw conflict('is not what it was', where, 'look at what was changed there')
  }
  by(data.dataFolder, data)
}
