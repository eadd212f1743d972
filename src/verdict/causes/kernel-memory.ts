import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import type { Incident } from '../incident.ts'
import { shareOf, usageOf } from '../usage.ts'

/** Slab, sockets, pipes, page tables: no process's resident memory shows them. */
export const kernelMemory: CauseRule = { code: 'kernel-memory', find }

const SHARE = 0.4

function find(incident: Incident): CauseFinding | null {
  const usage = usageOf(incident)
  if (usage === null || shareOf(usage, usage.kernelBytes) < SHARE) return null
  return {
    confidence: 'certain',
    summary: `${formatBytes(usage.kernelBytes ?? 0)} of ${formatBytes(usage.totalBytes)} are kernel memory (buffers of pipes and sockets, dentries and inodes, page tables). No process list shows it.`,
    because: usage.because,
  }
}
