import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import type { Incident } from '../incident.ts'
import { shareOf, usageOf } from '../usage.ts'

/** Files in tmpfs (/dev/shm, emptyDir of medium Memory) and shared memory: charged until deleted, whoever dies. */
export const tmpfs: CauseRule = { code: 'tmpfs', find }

const SHARE = 0.4

function find(incident: Incident): CauseFinding | null {
  const usage = usageOf(incident)
  if (usage === null || shareOf(usage, usage.shmemBytes) < SHARE) return null
  return {
    confidence: 'certain',
    summary: `${formatBytes(usage.shmemBytes ?? 0)} of ${formatBytes(usage.totalBytes)} are files in tmpfs (/dev/shm and the like) or shared memory. They stay charged when the process that wrote them dies; a restart of that process alone frees nothing.`,
    because: usage.because,
  }
}
