import type { CheckResult } from '../../../doctor/examine.ts'

/** `stella.doctor/1`, in the order of the checks. */
export function doctorDocument(results: readonly CheckResult[]): object {
  return {
    schema: 'stella.doctor/1',
    checks: results.map(({ check, status, says, todo, evidence }) => ({
      id: check.id,
      title: check.title,
      severity: check.severity,
      status,
      says,
      do: todo ?? 'nothing',
      runbook: check.runbook,
      evidence,
    })),
  }
}
