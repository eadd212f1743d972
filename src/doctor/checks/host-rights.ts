import { asRoot } from '../../sources/host/as-root.ts'
import type { Judgement, MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'

export const hostRights: MachineCheck = {
  of: 'machine',
  id: 'check.host.rights',
  title: 'stella may see what others run',
  severity: 'medium',
  runbook: 'docs/guides/doctor.md',
  warns: 'It runs as a user other than root: of processes and containers of others little is seen',
  fails: 'Never',
  look: async ({ userId }) => judge(userId),
}

function judge(userId: number | null): Judgement {
  if (userId === null) {
    return { kind: 'skipped', says: 'this system has no users by number', todo: 'run it on Linux' }
  }
  return judged('it runs as root', { userId }, [
    problemIf(
      userId !== 0 && 'warn',
      `it runs as user ${userId}: processes, containers and the kernel log of this machine may be closed to it`,
      asRoot('doctor'),
    ),
  ])
}
