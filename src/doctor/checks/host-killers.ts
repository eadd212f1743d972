import { KILLERS, readJournal } from '../../sources/kernel/journal.ts'
import { listFolder, textOrNull } from '../../sources/reader.ts'
import type { Reader } from '../../sources/reader.ts'
import type { MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'

export const hostKillers: MachineCheck = {
  of: 'machine',
  id: 'check.host.killers',
  title: 'What kills before the kernel does can be read',
  severity: 'high',
  runbook: 'docs/guides/doctor.md',
  warns:
    'systemd-oomd, earlyoom or the like runs, and the journal into which it writes whom it killed cannot be read',
  fails: 'Never',
  async look({ reader }, signal) {
    const killers = running(reader)
    const names = [...new Set(killers.map(({ name }) => name))].join(' and ')
    if (killers.length === 0) {
      return judged('no program kills before the kernel does', { killers }, [])
    }
    const sink = { push: () => undefined, finish: () => [] }
    const options = { since: reader.now(), what: 'killers', signal, maxBytes: 1 } as const
    const { outcome } = await readJournal(reader, sink, options)
    const runs = `${names} ${names.includes(' and ') ? 'run' : 'runs'}`
    return judged(
      `${runs}, and whom it kills stands in the journal`,
      { killers, journal: outcome },
      [
        problemIf(
          outcome !== 'read' && 'warn',
          `${runs}, which kills containers before the kernel does, and the journal that tells whom cannot be read`,
          outcome === 'none'
            ? 'keep a journal (systemd-journald), or see the log of that program'
            : 'run it as root, or as a user in the group systemd-journal',
        ),
      ],
    )
  },
}

/** A name in /proc has 15 letters at most. */
const COMM_LENGTH = 15

function running(reader: Reader): readonly { name: string; pid: number }[] {
  const listed = listFolder(reader, '/proc')
  const pids = listed.ok ? listed.folders.filter((name) => /^[1-9]\d{0,6}$/.test(name)) : []
  return pids.flatMap((pid) => {
    const comm = textOrNull(reader, `/proc/${pid}/comm`)?.trim()
    const name = KILLERS.find((known) => known.slice(0, COMM_LENGTH) === comm)
    return name === undefined ? [] : [{ name, pid: Number(pid) }]
  })
}
