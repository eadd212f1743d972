/** What is kept, as the API writes it. */
import { caseDocument } from '../investigate/case-document.ts'
import type { CoursePoint } from '../model/case.ts'
import type { Instant } from '../model/time.ts'
import type { CaseRun } from '../runbooks/report/case-run.ts'
import type { CaseSummary, KeptCase, KeptWarning, KnownHost } from '../store/database/types.ts'
import type {
  CaseSummaryDocument,
  KeptCaseDocument,
  OverviewDocument,
  WarningDocument,
} from './contract.ts'

export function summaryDocument(kept: CaseSummary): CaseSummaryDocument {
  const { id, incident, revision, host, at, recordedAt } = kept
  const { subject, verdict, limitBytes, usageBytes, victim } = kept
  return {
    id,
    incident,
    revision,
    host,
    at: at === null ? null : timeOf(at),
    recordedAt: timeOf(recordedAt),
    subject,
    verdict,
    limitBytes,
    usageBytes,
    victim,
  }
}

export function keptDocument(
  kept: KeptCase,
  { warnings, runs }: { warnings: readonly KeptWarning[]; runs: readonly CaseRun[] },
): KeptCaseDocument {
  return {
    schema: 'stella.kept-case/1',
    ...summaryDocument(kept),
    case: caseDocument(kept.case),
    warnings: warnings.map(warningDocument),
    runs,
  }
}

export function warningDocument(warning: KeptWarning): WarningDocument {
  return { ...warning, at: timeOf(warning.at) }
}

export function hostDocument(host: KnownHost): OverviewDocument['hosts'][number] {
  return { ...host, firstSeen: timeOf(host.firstSeen), lastSeen: timeOf(host.lastSeen) }
}

export function pointDocument({ at, usageBytes, limitBytes }: CoursePoint) {
  return { at: timeOf(at), usageBytes, limitBytes }
}

function timeOf(at: Instant): string {
  return new Date(at).toISOString()
}
