import { audit, UNKNOWN_HOST } from '../../../audit/engine.ts'
import type { Rule } from '../../../audit/rule.ts'
import { plainExample } from '../../../audit/rules/examples.ts'
import { textTable } from '../../../report/table.ts'

/** All rules, for people or as JSON. */
export function listOf(rules: readonly Rule[], asJson: boolean): string {
  if (asJson) {
    const listed = rules.map((rule) => ({
      id: rule.id,
      severity: rule.severity,
      title: rule.title,
      fixable: isFixable(rule),
      pedantic: rule.isOptional === true,
    }))
    return `${JSON.stringify(
      {
        /** What `stella audit --list --json` prints: all rules. */
        schema: 'stella.audit-rules/1',
        rules: listed,
      },
      null,
      2,
    )}\n`
  }
  const rows = rules.map((rule) => [
    rule.id,
    rule.severity,
    isFixable(rule) ? '--fix' : '',
    rule.isOptional === true ? `${rule.title} (asked for with --pedantic)` : rule.title,
  ])
  return `${textTable(['Rule', 'Severity', 'Mended by', 'What it finds'], rows).join('\n')}\n\nWhat a rule is about: stella audit --explain ${rules[0]?.id}\n`
}

/** Its own example shows whether it knows what would mend it. */
function isFixable(rule: Rule): boolean {
  const { path, text, host } = plainExample(rule.examples.bad)
  const input = { file: { path, text }, variables: new Map(), isNamed: true }
  const { findings } = audit([input], { ...UNKNOWN_HOST, ...host }, [rule])
  return findings.some(({ edits }) => edits.length > 0)
}
