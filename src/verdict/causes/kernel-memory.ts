import { formatBytes, MIB } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import type { Incident } from '../incident.ts'
import { shareOf, usageOf } from '../usage.ts'

/** Slab, sockets, pipes, page tables: no process's resident memory shows them. */
export const kernelMemory: CauseRule = { code: 'kernel-memory', find }

const SHARE = 0.4
/** Of a living group: what the kernel needs for any process is no reason to look for anything. */
const NOTABLE_SHARE_OF_LIMIT = 0.1
const NOTABLE_BYTES = 16 * MIB

function find(incident: Incident): CauseFinding | null {
  const usage = usageOf(incident)
  if (usage === null || shareOf(usage, usage.kernelBytes) < SHARE) return null
  if (incident.reports.length === 0 && (usage.kernelBytes ?? 0) < notableBytes(incident))
    return null
  return {
    confidence: 'certain',
    summary: `${formatBytes(usage.kernelBytes ?? 0)} of ${formatBytes(usage.totalBytes)} are kernel memory (buffers of pipes and sockets, dentries and inodes, page tables). No process list shows it.`,
    because: usage.because,
  }
}

function notableBytes({ groups }: Incident): number {
  const limitBytes = groups.own?.fact.limitBytes ?? null
  return limitBytes === null ? NOTABLE_BYTES : limitBytes * NOTABLE_SHARE_OF_LIMIT
}
