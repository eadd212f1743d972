/** Entries as rows, and rows as what is told. */
import type { Insertable, Selectable } from 'kysely'
import * as z from 'zod/mini'
import { redactCase, redactText, redactWarning } from '../../evidence/redact.ts'
import { caseDocument } from '../../investigate/case-document.ts'
import { readCases } from '../../investigate/case-reader.ts'
import { VERDICT_CODES } from '../../model/case.ts'
import { PLATFORMS } from '../../model/subject.ts'
import { WARNING_LEVELS } from '../../model/warning.ts'
import type { CaseEntry, WarningEntry, WatchEntry } from '../cases.ts'
import { fitted } from '../cases/fitted.ts'
import { clean, cleanJson, cleanOrNull } from './clean.ts'
import type { Tables } from './schema.ts'
import type { CaseSummary, HostIdentity, KeptCase, KeptWarning } from './types.ts'

/** Secrets are taken out, as for the journal. */
export function caseRow(hostId: string, entry: CaseEntry): Insertable<Tables['cases']> {
  const found = fitted(redactCase(entry.case))
  const document = cleanJson(caseDocument(found))
  const { at, subject, verdict, binding } = found
  const victim = found.victims[0] ?? null
  return {
    host_id: hostId,
    incident: clean(entry.incident),
    revision: entry.revision,
    case_id: clean(found.id),
    at: at === null ? null : new Date(at),
    recorded_at: new Date(entry.at),
    sort_at: new Date(at ?? entry.at),
    verdict: verdict.code,
    confidence: verdict.confidence,
    summary: clean(verdict.summary),
    platform: subject.platform,
    name: cleanOrNull(subject.name),
    subject_id: cleanOrNull(subject.id),
    image: cleanOrNull(subject.image),
    limit_bytes: binding.limitBytes,
    usage_bytes: binding.usageBytes,
    victim_pid: victim === null || !isPid(victim.pid) ? null : victim.pid,
    victim_name: victim === null ? null : clean(victim.name),
    bytes: document.length,
    document,
  }
}

/** No kernel gives a larger one (PID_MAX_LIMIT, include/linux/threads.h); another host may say anything. */
function isPid(pid: number): boolean {
  return Number.isInteger(pid) && pid >= 0 && pid <= 2 ** 22
}

export function warningRow(hostId: string, entry: WarningEntry): Insertable<Tables['warnings']> {
  const { subject, path, level, says, usedBytes, limitBytes, secondsToLimit } = redactWarning(
    entry.warning,
  )
  return {
    host_id: hostId,
    at: new Date(entry.at),
    path: clean(path ?? ''),
    level,
    platform: subject.platform,
    name: cleanOrNull(subject.name),
    subject_id: cleanOrNull(subject.id),
    image: cleanOrNull(subject.image),
    says: clean(says),
    used_bytes: usedBytes,
    limit_bytes: limitBytes,
    seconds_to_limit: secondsToLimit,
  }
}

export function sightRow(hostId: string, entry: WatchEntry): Insertable<Tables['sights']> {
  return {
    host_id: hostId,
    source: clean(entry.source ?? ''),
    at: new Date(entry.at),
    what: entry.what,
    says: clean(redactText(entry.says)),
  }
}

/** Columns of a list; the document is large. */
export const SUMMARY_COLUMNS = [
  'host_id',
  'incident',
  'revision',
  'case_id',
  'at',
  'recorded_at',
  'sort_at',
  'verdict',
  'confidence',
  'summary',
  'platform',
  'cases.name',
  'subject_id',
  'image',
  'limit_bytes',
  'usage_bytes',
  'victim_pid',
  'victim_name',
] as const

/** What was written by a later version may hold words that are not known here. */
const known = z.object({
  verdict: z.enum(VERDICT_CODES),
  confidence: z.enum(['certain', 'likely', 'possible']),
  platform: z.enum(PLATFORMS),
})
const knownWarning = z.object({ level: z.enum(WARNING_LEVELS), platform: z.enum(PLATFORMS) })

export type SummaryRow = Omit<Selectable<Tables['cases']>, 'document' | 'bytes'> & {
  host_name: string
}

/** Null: it holds words that this version does not know. */
export function summaryOf(row: SummaryRow): CaseSummary | null {
  const words = z.safeParse(known, row)
  if (!words.success) return null
  const { verdict, confidence, platform } = words.data
  const { victim_pid: pid, victim_name: name } = row
  return {
    id: row.case_id,
    incident: row.incident,
    revision: row.revision,
    host: hostOf(row),
    at: row.at?.getTime() ?? null,
    recordedAt: row.recorded_at.getTime(),
    subject: { platform, name: row.name, id: row.subject_id, image: row.image },
    verdict: { code: verdict, confidence, summary: row.summary },
    limitBytes: row.limit_bytes,
    usageBytes: row.usage_bytes,
    victim: pid === null || name === null ? null : { pid, name },
  }
}

export function keptCaseOf(row: SummaryRow & { document: unknown }): KeptCase | null {
  const summary = summaryOf(row)
  const read = readCases(row.document)
  const found = 'cases' in read ? read.cases[0] : undefined
  return summary === null || found === undefined ? null : { ...summary, case: found }
}

export function warningOf(
  row: Selectable<Tables['warnings']> & { host_name: string },
): KeptWarning | null {
  const words = z.safeParse(knownWarning, row)
  if (!words.success) return null
  const { level, platform } = words.data
  return {
    host: hostOf(row),
    at: row.at.getTime(),
    subject: { platform, name: row.name, id: row.subject_id, image: row.image },
    path: row.path === '' ? null : row.path,
    level,
    says: row.says,
    usedBytes: row.used_bytes,
    limitBytes: row.limit_bytes,
    secondsToLimit: row.seconds_to_limit,
  }
}

function hostOf(row: { host_id: string; host_name: string }): HostIdentity {
  return { id: row.host_id, name: row.host_name }
}
