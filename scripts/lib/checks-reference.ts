import { CHECKS } from '../../src/doctor/checks/index.ts'
import type { Check } from '../../src/doctor/check.ts'

const GROUPS: readonly (readonly [group: string, title: string])[] = [
  ['scanner', 'The scanner'],
  ['host', 'This machine'],
  ['stella', 'stella on it'],
]

/** Every check of `stella doctor`, as a page of the reference. */
export function checksReference(): string {
  return [
    '# Checks of stella doctor',
    '',
    'This page is made from the checks: `node scripts/docs.ts` writes it, and a test fails when it has fallen behind. What each',
    'found, and what to do, says [the command](../guides/doctor.md).',
    '',
    ...GROUPS.flatMap(([group, title]) => [
      `## ${title}`,
      '',
      ...CHECKS.filter(({ id }) => id.startsWith(`check.${group}.`)).flatMap(chapter),
    ]),
  ].join('\n')
}

function chapter({ id, aliases = [], title, severity, warns, fails, runbook }: Check): string[] {
  const names = aliases.map((alias) => `, or \`${alias}\``).join('')
  return [
    `### ${id}`,
    '',
    `${title}. Severity: ${severity}. Asked for as \`stella doctor --check ${id}\`${names}.`,
    '',
    `- **Warns:** ${warns}.`,
    `- **Fails:** ${fails}.`,
    `- **Read on:** [${runbook}](../../${runbook}).`,
    '',
  ]
}
