import { RULES, UNREADABLE } from '../../src/runbooks/lint/lint.ts'

/** Every rule of `stella runbook lint`, as a page of the reference. */
export function runbookRulesReference(): string {
  const rules = [UNREADABLE, ...RULES].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return [
    '# Rules of stella runbook lint',
    '',
    'This page is made from the rules: `node scripts/docs.ts` writes it, and a test fails when it has fallen behind. An error ends with exit',
    'code 1; a warning does not. What is `unreadable` is never run: what is left of it may be something else than its author meant.',
    '',
    '| rule | finds |',
    '|---|---|',
    ...rules.map(({ id, about }) => `| \`${id}\` | ${about} |`),
    '',
  ].join('\n')
}
