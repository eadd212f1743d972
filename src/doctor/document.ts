import type { CheckResult } from './examine.ts'

/** `stella.doctor/1`, in the order of the checks. */
export function doctorDocument(results: readonly CheckResult[]) {
  return {
    schema: 'stella.doctor/1' as const,
    checks: results.map(({ check, status, says, todo, evidence, problems }) => ({
      id: check.id,
      title: check.title,
      severity: check.severity,
      status,
      says,
      do: todo ?? 'nothing',
      problems: problems.map((problem) => ({
        ...{ status: problem.status, says: problem.says, do: problem.todo },
        fix: problem.mend === undefined ? null : `stella doctor fix --check ${check.id}`,
      })),
      runbook: check.runbook,
      evidence,
    })),
  }
}
