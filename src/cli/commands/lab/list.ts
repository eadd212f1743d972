import { counted } from '../../../model/counted.ts'
import { localTime } from '../../../report/time.ts'
import { labsDocument } from '../../../labs/documents.ts'
import type { LabRecord, LabState } from '../../../labs/state.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { print } from '../scanner/print.ts'
import { benchFor } from './bench.ts'
import type { LabFlags } from './parameters.ts'

/** `stella lab list`. */
export function listLabs(this: CliContext, flags: LabFlags): void {
  printLabs(this, flags, false)
}

/** @param onlyOpen leaves out labs that are not open */
export function printLabs(context: CliContext, flags: LabFlags, onlyOpen: boolean): void {
  const { shelf, store } = benchFor(context, flags)
  const labs = shelf
    .list()
    .map((lab) => ({ lab, record: store.record(lab.id), state: store.read(lab.id) }))
    .filter(({ state }) => !onlyOpen || state !== null)
  const shown = new Set(labs.map(({ lab }) => lab.id))
  const document = labsDocument({ shelf, store })
  print(context.io, flags, {
    document: { ...document, labs: document.labs.filter(({ id }) => shown.has(id)) },
    lines:
      labs.length === 0
        ? ["No lab is open; 'stella lab list' names those that come along."]
        : textTable(
            ['Lab', 'Title', 'Takes', 'State'],
            labs.map(({ lab, record, state }) => [
              lab.id,
              lab.title,
              `${lab.minutes} min`,
              state === 'broken' ? `broken: stella lab stop ${lab.id}` : standing(record, state),
            ]),
          ),
    quiet: labs.map(({ lab }) => lab.id),
  })
}

function standing(record: LabRecord, state: LabState | null): string {
  if (state !== null) return `open since ${localTime(state.startedAt)}`
  if (record.solved > 0) {
    return `solved in ${record.bestSeconds ?? 0} s, ${counted(record.hints, 'hint')}`
  }
  return record.starts > 0 ? 'begun' : 'not begun'
}
