/** What a warning said before the kill, put into the case of it. */
import { formatBytes } from '../../model/bytes.ts'
import type { Case, CaseBill } from '../../model/case.ts'
import type { Instant } from '../../model/time.ts'
import type { Warning } from '../../model/warning.ts'

/** A warning of so long ago says nothing about this kill. */
const MAX_BEFORE_MS = 60 * 60_000
const SHOWN_ITEMS = 4

/** The case with the account of its memory that was taken before; the case itself where none fits. */
export function withWarning(found: Case, told: { at: Instant; warning: Warning } | null): Case {
  if (told === null || found.at === null || told.warning.bill === null) return found
  const before = found.at - told.at
  if (before < 0 || before > MAX_BEFORE_MS) return found
  const { warning, at } = told
  const id = `e${found.evidence.length + 1}`
  const what = accountInWords(warning.bill ?? null, Math.round(before / 1_000), found.bill)
  const evidence = {
    id,
    source: 'cgroup' as const,
    at,
    says: what,
    excerpt: warning.says,
    from: `the files of ${warning.path ?? 'the machine'}, read by stella watch`,
  }
  const timeline = [...found.timeline, { at, what: warning.says, evidence: id }].toSorted(
    (a, b) => (a.at ?? 0) - (b.at ?? 0),
  )
  return { ...found, evidence: [...found.evidence, evidence], timeline }
}

function accountInWords(bill: CaseBill | null, seconds: number, end: CaseBill | null): string {
  const items = (bill?.items ?? []).toSorted((a, b) => b.bytes - a.bytes).slice(0, SHOWN_ITEMS)
  const parts = items.map(({ name, bytes }) => {
    const then = end?.items.find((item) => item.name === name)
    const growth = then === undefined ? 0 : then.bytes - bytes
    return `${name} ${formatBytes(bytes)}${growth > 0 ? `, ${formatBytes(growth)} more at the end` : ''}`
  })
  return `${seconds} s before it consisted of: ${parts.join('; ')}.`
}
