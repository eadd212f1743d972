import { MARK } from '../../src/audit/rules/examples.ts'
import type { Example, Rule } from '../../src/audit/rule.ts'
import { RULES } from '../../src/audit/rules/index.ts'

const FAMILIES: readonly (readonly [letter: string, title: string])[] = [
  ['K', 'Kubernetes'],
  ['C', 'Compose and Docker'],
  ['J', 'Java'],
  ['N', 'Node.js'],
  ['G', 'Go'],
  ['D', '.NET'],
  ['P', 'Worker pools'],
  ['B', 'Databases and brokers'],
  ['S', 'Units of systemd'],
  ['O', 'The machine'],
]

/** Every rule of `stella audit`, as a page of the reference. */
export function rulesReference(): string {
  return [
    '# Rules of stella audit',
    '',
    'This page is made from the rules: `node scripts/docs.ts` writes it, and a test fails when it has fallen behind. The examples',
    'are the tests of the rules: what is wrong is found at the arrow, and nothing else is.',
    '',
    ...FAMILIES.flatMap(([letter, title]) => family(letter, title)),
  ].join('\n')
}

const OPTIONAL =
  '. True of most correct files: it speaks only with `--pedantic`, or where the configuration switches it on'

function family(letter: string, title: string): string[] {
  const rules = RULES.filter(({ id }) => id.startsWith(letter))
  return [`## ${title}`, '', ...rules.flatMap(chapter)]
}

function chapter({ id, severity, title, why, reference, examples, isOptional }: Rule): string[] {
  return [
    `### ${id}: ${title}`,
    '',
    `Severity: ${severity}${hostWords(examples.bad)}${isOptional === true ? OPTIONAL : ''}`,
    '',
    why,
    '',
    'Wrong:',
    '',
    ...fence(examples.bad, true),
    '',
    'Right:',
    '',
    ...fence(examples.good, false),
    '',
    `Rests on: ${reference}`,
    '',
  ]
}

/** What has to be said about the machine for the rule to speak. */
function hostWords({ host }: Example): string {
  if (host === undefined) return ''
  return typeof host.cgroup === 'number'
    ? `. Asked for with \`--cgroup v${host.cgroup}\``
    : '. Asked for with `--host-memory`'
}

function fence({ path, text }: Example, isMarked: boolean): string[] {
  const isUnit = /\.(?:service|container)$/.test(path)
  const language = isUnit ? 'ini' : (/\.(yaml|json)$/.exec(path)?.[1] ?? 'dockerfile')
  const lines = text.trimEnd().split('\n')
  const shown = lines.flatMap((line) => {
    if (!isMarked || !line.includes(MARK)) return [line]
    const plain = line.replace(MARK, '')
    // A unit has no comment behind a value.
    return isUnit ? ['# here:', plain] : [`${plain}  # <- here`]
  })
  return [`\`\`\`${language}`, ...shown, '```']
}
