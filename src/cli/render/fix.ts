import type { FixChoice } from '../../advice/choose-fix.ts'
import type { Case, Remedy, RemedyLayer } from '../../model/case.ts'
import type { shownRecord, ShownPlan } from '../commands/fix/hidden.ts'
import { renamedPods } from '../commands/fix/replaced.ts'
import { commandsFor } from '../../report/commands-for.ts'
import type { Paint } from './paint.ts'
import { printable, printableLines } from '../../report/printable.ts'
import { isGood, subjectWords, VERDICT_WORDS } from '../../report/words.ts'
import { wrap, wrapHanging } from './wrap.ts'

type ShownRecord = ReturnType<typeof shownRecord>

export interface FixReport {
  found: Case
  choice: FixChoice
  plan: ShownPlan | null
  record: ShownRecord | null
}

export interface FixTextOptions {
  width: number
  paint: Paint
  quiet: boolean
}

/** What is wrong, what would be changed or was, and what else would help. */
export function fixReport(report: FixReport, options: FixTextOptions): string {
  const lines = options.quiet ? quietLines(report) : fullLines(report, options)
  return `${lines.join('\n')}\n`
}

function quietLines({ found, choice, plan, record }: FixReport): string[] {
  if (record !== null) return [`${record.state} ${record.id}`]
  if (plan !== null) return [`plan ${subjectWords(found.subject)}: ${printable(plan.title)}`]
  return [`${choice.kind} ${subjectWords(found.subject)}: ${printable(choice.because[0] ?? '')}`]
}

function fullLines(report: FixReport, options: FixTextOptions): string[] {
  const { found, choice, plan, record } = report
  const { width, paint } = options
  const { code, summary } = found.verdict
  const heading = isGood(code) ? paint.good : paint.bad
  const chosen = choice.kind === 'change' ? (choice.remedy?.id ?? null) : null
  const others = found.remedies.filter(({ id }) => id !== chosen)
  return [
    `${heading(VERDICT_WORDS[code])}  ${paint.dim(subjectWords(found.subject))}`,
    ...wrap(printable(summary), width),
    '',
    ...(plan === null ? nothingLines(choice, options) : planned(report, plan, options)),
    ...(record === null ? [] : ['', ...recordLines(record, 'fix', options)]),
    ...(others.length === 0 || record !== null ? [] : ['', ...remedyLines(found, others, options)]),
  ]
}

function nothingLines(choice: FixChoice, { width, paint }: FixTextOptions): string[] {
  const title = choice.kind === 'undecided' ? 'Not decided' : 'Nothing that stella would change'
  return [paint.bold(title), ...choice.because.flatMap((text) => bullet(text, width))]
}

const METHODS = {
  'in-place': 'changed as it is',
  recreate: 'ended and made anew',
  file: 'written into a file, in force with the next start',
} as const

function planned({ choice, record }: FixReport, plan: ShownPlan, options: FixTextOptions) {
  const warnings = choice.kind === 'change' ? choice.warnings : []
  const isMade = record !== null
  return [
    options.paint.bold(isMade ? 'The change' : 'The change that --apply makes'),
    ...planLines(plan, { because: choice.because, warnings, isMade, by: 'fix' }, options),
  ]
}

/** Which command makes it, and takes it back. */
type MadeBy = 'fix' | 'doctor fix'

/** A plan: what would be different, why, and with its steps unless they are made. */
export function planLines(
  plan: ShownPlan,
  told: {
    because: readonly string[]
    warnings: readonly string[]
    isMade: boolean
    by: MadeBy
  },
  { width, paint }: Pick<FixTextOptions, 'width' | 'paint'>,
): string[] {
  const { because, isMade, by } = told
  const warnings = [...told.warnings, ...plan.warnings]
  return [
    ...wrapHanging('  ', printable(plan.title), width),
    ...wrapHanging('  ', `${plan.platform}: ${METHODS[plan.method]}; ${plan.risk} risk`, width),
    ...plan.changes.map(
      ({ field, before, after }) =>
        `    ${printable(field)}: ${printable(before ?? 'not set')} -> ${printable(after ?? 'not set')}`,
    ),
    ...(plan.diff === '' ? [] : ['', ...diffLines(plan.diff, paint)]),
    ...section('Why', because, width, paint),
    ...section('Mind', warnings, width, paint),
    ...problemLines(plan, width, paint),
    ...(isMade ? [] : ['', ...stepLines(plan, by, paint)]),
  ]
}

function problemLines({ problems = [] }: ShownPlan, width: number, paint: Paint): string[] {
  return problems.length === 0
    ? []
    : [
        '',
        paint.bad('In the way: as it is, the change is not made'),
        ...problems.flatMap(({ says, todo }) => bullet(`${says}; ${todo}`, width)),
      ]
}

function diffLines(diff: string, paint: Paint): string[] {
  return printableLines(diff.trimEnd()).map((line) => {
    if (line.startsWith('+') && !line.startsWith('+++')) return paint.good(line)
    return line.startsWith('-') && !line.startsWith('---') ? paint.bad(line) : line
  })
}

function stepLines({ steps }: ShownPlan, by: MadeBy, paint: Paint): string[] {
  return [
    paint.bold('Steps'),
    ...steps.flatMap(({ says, command }, at) => [
      `  ${at + 1}. ${printable(says)}`,
      ...(command === null ? [] : printableLines(command).map((line) => `       ${line}`)),
    ]),
    `  Each is taken back if a later one fails, and all of them by stella ${by} --undo.`,
  ]
}

export function recordLines(
  record: ShownRecord,
  by: MadeBy,
  { width, paint }: Pick<FixTextOptions, 'width' | 'paint'>,
): string[] {
  const { id, state, problem, plan } = record
  const pods = renamedPods(plan)
  const verified = pods === null ? id : `${pods} (a new one)`
  if (state === 'applied') {
    return [
      paint.good(`Applied as ${id}`),
      ...(by === 'fix' ? [`  see whether it holds: stella verify ${verified}`] : []),
      `  take it back:         stella ${by} --undo ${id}`,
    ]
  }
  const title =
    state === 'rolled-back'
      ? `Not applied; everything is as it was (${id})`
      : `Stuck half-way (${id})`
  return [
    paint.bad(title),
    ...(problem === null ? [] : wrapHanging('  ', printable(problem), width)),
  ]
}

const LAYERS: readonly [RemedyLayer, string][] = [
  ['app', 'in the program'],
  ['runtime', 'in its runtime'],
  ['container', 'at the container'],
  ['node', 'on the machine'],
  ['kernel', 'in the kernel'],
]

function remedyLines(
  found: Case,
  remedies: readonly Remedy[],
  { width, paint }: FixTextOptions,
): string[] {
  const lines = LAYERS.flatMap(([layer, title]) => {
    const of = remedies.filter((remedy) => remedy.layer === layer)
    if (of.length === 0) return []
    return [`  ${title}`, ...of.flatMap((remedy) => oneRemedy(found, remedy, width, paint))]
  })
  return [paint.bold('What else helps'), ...lines]
}

/** Commands stay on one line, however long, so that they can be copied. */
function oneRemedy(found: Case, remedy: Remedy, width: number, paint: Paint): string[] {
  const undo = remedy.reversible ? 'can be undone' : 'cannot be undone'
  const byStella = remedy.change === null ? '' : `, --remedy ${remedy.id}`
  const text = `${printable(remedy.title)} (${remedy.risk} risk, ${undo}${byStella})`
  return [
    ...wrapHanging('    - ', text, width),
    ...commandsFor(found.subject.platform, remedy).flatMap((command) => [
      paint.dim(`      ${command.for}:`),
      ...printableLines(command.run).map((line) => `        ${line}`),
    ]),
  ]
}

function section(title: string, texts: readonly string[], width: number, paint: Paint): string[] {
  return texts.length === 0
    ? []
    : ['', paint.bold(title), ...texts.flatMap((text) => bullet(text, width))]
}

function bullet(text: string, width: number): string[] {
  return wrapHanging('  - ', printable(text), width)
}
