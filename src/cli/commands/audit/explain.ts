import type { Rule } from '../../../audit/rule.ts'
import { plainExample } from '../../../audit/rules/examples.ts'

/** What a rule is about, for people or as JSON. */
export function explain(rule: Rule, asJson: boolean): string {
  const { id, severity, title, why, reference, isOptional = false } = rule
  const bad = plainExample(rule.examples.bad).text.trimEnd()
  const good = plainExample(rule.examples.good).text.trimEnd()
  if (asJson) {
    return `${JSON.stringify(
      {
        /** What `stella audit --explain RULE --json` prints: a rule, with a bad and a good example. */
        schema: 'stella.audit-rule/1',
        id,
        severity,
        title,
        why,
        isOptional,
        reference,
        bad,
        good,
      },
      null,
      2,
    )}\n`
  }
  return [
    `${id}  ${severity}  ${title}`,
    '',
    why,
    ...(isOptional ? ['It is true of most correct files, and speaks only with --pedantic.'] : []),
    '',
    `Wrong (${rule.examples.bad.path}):`,
    ...indented(bad),
    '',
    'Right:',
    ...indented(good),
    '',
    `Rests on: ${reference}`,
    '',
  ].join('\n')
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`.trimEnd())
}
