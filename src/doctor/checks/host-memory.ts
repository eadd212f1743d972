import { formatBytes } from '../../model/bytes.ts'
import { readHostNow } from '../../sources/host/live.ts'
import type { HostReading } from '../../sources/host/live.ts'
import type { Judgement, MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'
import { percent } from '../words.ts'

/** Parts of the memory that are left. */
const LEFT = { warn: 0.1, fail: 0.05 }
/** Percent of the last ten seconds in which some task waited for memory. */
const WAITING = 10

export const hostMemory: MachineCheck = {
  of: 'machine',
  id: 'check.host.memory',
  title: 'The machine has memory left, and nothing waits for it',
  severity: 'high',
  runbook: 'runbooks/host-oom.md',
  warns:
    'Less than 10 % of the memory is available; tasks waited for memory 10 % of the last ten seconds; or the kernel tells no pressure',
  fails: 'Less than 5 % of the memory is available',
  look: async ({ reader }) => judge(readHostNow(reader)),
}

function judge({
  totalBytes,
  availableBytes,
  someAvg10,
  fullAvg10,
  oomKills,
}: HostReading): Judgement {
  if (totalBytes === null || availableBytes === null) {
    return { kind: 'skipped', says: '/proc/meminfo cannot be read', todo: 'run it on Linux' }
  }
  const left = availableBytes / totalBytes
  const sizes = `${formatBytes(availableBytes)} of ${formatBytes(totalBytes)}`
  const evidence = { totalBytes, availableBytes, someAvg10, fullAvg10, oomKillsSinceBoot: oomKills }
  return judged(`${percent(left)} of the memory is available (${sizes})`, evidence, [
    problemIf(
      left < LEFT.fail ? 'fail' : left < LEFT.warn && 'warn',
      `only ${percent(left)} of the memory is available (${sizes})`,
      'stella top',
    ),
    problemIf(
      someAvg10 !== null && someAvg10 >= WAITING && 'warn',
      `tasks waited for memory ${someAvg10} % of the last ten seconds`,
      'stella top --sort pressure',
    ),
    problemIf(
      someAvg10 === null && 'warn',
      'the kernel tells no pressure (PSI): what is held back by a limit is seen late',
      'start the kernel with psi=1, where it is 4.20 or later',
    ),
  ])
}
