import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import type { Incident } from '../incident.ts'
import { shareOf, usageOf } from '../usage.ts'

/** Written, not yet on disk: reclaim has to wait for the disk, and on some kernels gives up before. */
export const dirtyPages: CauseRule = { code: 'dirty-pages', find }

const SHARE = 0.25

function find(incident: Incident): CauseFinding | null {
  const usage = usageOf(incident)
  const refused = incident.runtimeOoms.find(({ fact }) => fact.area === 'write')
  const writes = incident.hints.find(({ fact }) => fact.hint === 'write-failed') ?? refused
  if (usage !== null && shareOf(usage, usage.dirtyBytes) >= SHARE) {
    return {
      confidence: 'likely',
      summary: `${formatBytes(usage.dirtyBytes ?? 0)} of ${formatBytes(usage.totalBytes)} are file pages that still had to be written to disk; reclaim cannot free them before.`,
      because: usage.because,
    }
  }
  if (writes === undefined) return null
  return {
    confidence: 'possible',
    summary:
      'A write was refused for lack of memory (ENOMEM). Under heavy writing, dirty page cache fills the limit faster than the disk takes it.',
    because: [writes],
  }
}
