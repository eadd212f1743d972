import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import type { Incident } from '../incident.ts'
import { shareOf, usageOf } from '../usage.ts'

/** Page cache fills what is free and is given back on demand: named so that nobody raises a limit for it. */
export const pageCache: CauseRule = { code: 'page-cache', find }

const SHARE = 0.5

function find(incident: Incident): CauseFinding | null {
  const usage = usageOf(incident)
  if (usage === null || shareOf(usage, usage.fileBytes) < SHARE) return null
  if (shareOf(usage, usage.dirtyBytes) >= 0.25) return null
  return {
    confidence: incident.reports.length > 0 ? 'possible' : 'certain',
    summary: `${formatBytes(usage.fileBytes ?? 0)} of ${formatBytes(usage.totalBytes)} are page cache of files, which the kernel gives back when memory is needed.`,
    because: usage.because,
  }
}
