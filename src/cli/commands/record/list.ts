import { formatBytes } from '../../../model/bytes.ts'
import type { RecordedSubject } from '../../../store/recordings.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliIo } from '../../context.ts'
import { printable } from '../../../report/printable.ts'
import { textTable } from '../../../report/table.ts'
import { localTime } from '../../../report/time.ts'

/** What is recorded, a line each. */
export function printRecordings(
  io: CliIo,
  { folder, recorded }: { folder: string; recorded: readonly RecordedSubject[] },
  flags: CommonFlags,
): void {
  if (flags.json === true) {
    const recordings = recorded.map(({ from, to, ...rest }) => ({
      ...rest,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    }))
    const document = {
      /** What `stella record --list --json` prints. */
      schema: 'stella.recordings/1',
      folder,
      recordings,
    }
    io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  if (recorded.length === 0) {
    io.out(`nothing is recorded in ${printable(folder)}\n`)
    return
  }
  const head = ['Subject', 'From', 'To', 'Samples', 'Size', 'Recorded by']
  const rows = recorded.map(({ subject, from, to, samples, bytes, writerPid }) => [
    printable(`${subject.platform} ${subject.name ?? subject.id ?? ''}`),
    localTime(from),
    localTime(to),
    String(samples),
    formatBytes(bytes),
    writerPid === null ? '' : `process ${writerPid}, now`,
  ])
  for (const line of textTable(flags.quiet === true ? [] : head, rows, [3, 4])) io.out(`${line}\n`)
}
