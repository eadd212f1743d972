import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import type { Incident } from '../incident.ts'
import { shareOf, usageOf } from '../usage.ts'

/** Transparent huge pages round sparse memory up to 2 MiB pieces. */
export const hugePages: CauseRule = { code: 'huge-pages', find }

const SHARE = 0.6
const FLOOR_BYTES = 256 * 1024 * 1024

function find(incident: Incident): CauseFinding | null {
  const usage = usageOf(incident)
  if (usage === null || (usage.hugeBytes ?? 0) < FLOOR_BYTES) return null
  if (shareOf(usage, usage.hugeBytes) < SHARE) return null
  return {
    confidence: 'possible',
    summary: `${formatBytes(usage.hugeBytes ?? 0)} of ${formatBytes(usage.totalBytes)} are transparent huge pages: memory that is touched sparsely is charged in pieces of 2 MiB.`,
    because: usage.because,
  }
}
