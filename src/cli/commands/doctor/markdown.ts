/** What the doctor says, for a ticket. */
import type { CheckEvidence } from '../../../doctor/check.ts'
import type { CheckResult } from '../../../doctor/examine.ts'
import { printable } from '../../../report/printable.ts'
import { summaryOf, worstFirst } from './text.ts'

export function doctorMarkdown(results: readonly CheckResult[]): readonly string[] {
  const rows = worstFirst(results).map(
    ({ check, status, says, todo }) =>
      `| ${status} | \`${check.id}\` | ${cell(says)} | ${cell(todo ?? '')} | ${check.runbook} |`,
  )
  return [
    `# stella doctor: ${summaryOf(results)}`,
    '',
    '| status | check | says | do | read |',
    '|---|---|---|---|---|',
    ...rows,
    ...worstFirst(results)
      .filter(({ status }) => status === 'fail' || status === 'warn')
      .flatMap(({ check, evidence }) => ['', `## ${check.id}`, '', ...evidenceLines(evidence)]),
  ]
}

function evidenceLines(evidence: CheckEvidence): readonly string[] {
  return ['```json', ...JSON.stringify(evidence, null, 2).split('\n').map(printable), '```']
}

/** What an image is called may hold anything. */
function cell(text: string): string {
  return printable(text).replaceAll(/[\\|`<>*_[\]]/g, String.raw`\$&`)
}
