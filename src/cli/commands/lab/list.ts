import { localTime } from '../../../report/time.ts'
import { labsDocument } from '../../../labs/documents.ts'
import type { LabRecord, LabState } from '../../../labs/state.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../render/table.ts'
import { print } from '../scanner/print.ts'
import { benchFor } from './bench.ts'
import type { LabFlags } from './parameters.ts'
import { count } from './text.ts'

/** `stella lab list`. */
export function listLabs(this: CliContext, flags: LabFlags): void {
  const bench = benchFor(this, flags)
  const { shelf, store } = bench
  const labs = shelf.list().map((lab) => {
    const state = store.read(lab.id)
    return { lab, record: store.record(lab.id), state: state === 'broken' ? null : state }
  })
  print(this.io, flags, {
    document: labsDocument(bench),
    lines: textTable(
      [],
      labs.map(({ lab, record, state }) => [
        lab.id,
        lab.title,
        `${lab.minutes} min`,
        standing(record, state),
      ]),
    ),
    quiet: labs.map(({ lab }) => lab.id),
  })
}

function standing(record: LabRecord, state: LabState | null): string {
  if (state !== null) return `open since ${localTime(state.startedAt)}`
  if (record.solved > 0) {
    return `solved in ${record.bestSeconds ?? 0} s, ${count(record.hints, 'hint')}`
  }
  return record.starts > 0 ? 'begun' : ''
}
