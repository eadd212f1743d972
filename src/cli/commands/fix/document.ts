import type { FixRecord } from '../../../model/fix.ts'
import type { Instant } from '../../../model/time.ts'
import { shownRecord } from './hidden.ts'

/** A record for scripts: what may be shown of it, with times in RFC 3339, UTC. */
export function recordDocument(record: FixRecord) {
  const { at, appliedAt, endedAt, ...rest } = shownRecord(record)
  return { ...rest, at: timeOf(at), appliedAt: timeOf(appliedAt), endedAt: timeOf(endedAt) }
}

function timeOf(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
