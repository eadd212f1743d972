import type { ExitStatus } from '../../../model/facts.ts'
import type { Finding, Signature } from '../signature.ts'

/** src/core/unit.c and service.c of systemd, whose lines bear the unit they are about. */
const OOM_KILL =
  /^(\S{1,200}): (?:A process of this unit has been killed by the OOM killer|Failed with result 'oom-kill')/
const SIGKILL = /^(\S{1,200}): (?:Main|Control) process exited, code=killed, status=9\/KILL/

/** The journal of a unit, which a plain user may read where the kernel's is closed to him. */
export const systemdUnit: Signature = {
  id: 'systemd-unit',
  needles: ['OOM killer', "'oom-kill'", 'status=9/KILL'],

  read(line) {
    const killed = OOM_KILL.exec(line)?.[1]
    if (killed !== undefined) {
      const says = `systemd: the OOM killer killed a process of ${killed}`
      return told(killed, { exitCode: null, signal: null, oomKilled: true }, says)
    }
    const ended = SIGKILL.exec(line)?.[1]
    return ended === undefined
      ? null
      : told(ended, { exitCode: null, signal: 9 }, `systemd: SIGKILL ended ${ended}`)
  },
}

function told(name: string, end: Omit<ExitStatus, 'kind' | 'subject'>, says: string): Finding {
  const subject = { platform: 'cgroup', name, id: null, image: null } as const
  return { fact: { kind: 'exit-status', ...end, subject }, says }
}
