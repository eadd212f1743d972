import type { Severity } from '../../src/model/runbook.ts'

export function SeverityTag({ severity }: { severity: Severity }) {
  return <span class={`tag severity-${severity}`}>{severity}</span>
}
