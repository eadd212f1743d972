import type { MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'

/** Nobody has this program from before. */
const EARLIEST = Date.UTC(2025, 0, 1)

export const hostClock: MachineCheck = {
  of: 'machine',
  id: 'check.host.clock',
  title: 'The clock is right',
  severity: 'low',
  runbook: 'docs/guides/doctor.md',
  warns: 'The clock is not set by a time server',
  fails: 'It stands years in the past',
  async look({ reader }, signal) {
    const at = reader.now()
    const asked = ['timedatectl', 'show', '--property=NTPSynchronized', '--property=NTP']
    const ran = await reader.run(asked, { signal, maxBytes: MOST_BYTES })
    const isSet = /^NTPSynchronized=(yes|no)$/m.exec(ran.stdout)?.[1] ?? null
    const now = new Date(at).toISOString()
    const evidence = { now, synchronized: isSet === null ? null : isSet === 'yes' }
    if (isSet === null && at >= EARLIEST) {
      return {
        kind: 'skipped',
        says: 'whether a time server sets the clock is not known (timedatectl does not tell)',
        todo: 'compare it with: date -u',
      }
    }
    return judged('a time server sets the clock', evidence, [
      problemIf(
        at < EARLIEST && 'fail',
        `the clock says ${now}: kills, events of engines and logs cannot be brought together`,
        'set the clock, and have a time server keep it: timedatectl set-ntp true',
      ),
      problemIf(
        isSet === 'no' && 'warn',
        'no time server sets the clock: logs of this and other machines drift apart',
        'timedatectl set-ntp true, or set up chrony',
      ),
    ])
  },
}

const MOST_BYTES = 4_096
