import type { Case, CaseEvidence, Remedy } from '../../model/case.ts'
import { commandsFor } from '../../report/commands-for.ts'
import type { DiedBeside } from '../../report/died-beside.ts'
import type { CaseRun } from '../../runbooks/report/case-run.ts'
import { caseRunLines } from './case-runs.ts'
import { livesLines } from './lives.ts'
import type { Paint } from './paint.ts'
import { memoryNotes } from '../../report/memory-notes.ts'
import { sentence } from '../../report/sentence.ts'
import { printable, printableLines } from '../../report/printable.ts'
import { localTime, timeOfCase } from '../../report/time.ts'
import { textTable } from '../../report/table.ts'
import {
  billWords,
  bindingWords,
  isGood,
  processWords,
  references,
  shortSubject,
  subjectWords,
  VERDICT_WORDS,
  victimNames,
} from '../../report/words.ts'
import { wrap, wrapHanging } from './wrap.ts'

export interface TextOptions {
  width: number
  paint: Paint
  /** The verdict alone, one line a case. */
  quiet: boolean
  /** Runs of runbooks that a case has. */
  runsOf?: ((found: Case) => readonly CaseRun[]) | undefined
  /** Other containers of its pod that died. */
  besideOf?: ((found: Case) => readonly DiedBeside[]) | undefined
}

/** With more cases than this, the table is followed by the last one alone. */
const SHOWN_IN_FULL = 10

/** Cases for a terminal: a table where there are several, then each of them. Redacted cases only. */
export function textReport(
  cases: readonly Case[],
  unknown: readonly string[],
  options: TextOptions,
): string {
  const last = cases.at(-1)
  if (last === undefined)
    return options.quiet ? 'nothing to judge\n' : nothingToJudge(unknown, options)
  if (options.quiet) return cases.map((found) => `${quietLine(found)}\n`).join('')
  if (cases.length === 1) return `${caseLines(last, options).join('\n')}\n`
  const shown = cases.length > SHOWN_IN_FULL ? [last] : cases
  const hint =
    shown.length === cases.length
      ? []
      : [
          `Only the last of ${cases.length} cases follows; --json or --markdown has all of them.`,
          '',
        ]
  const blocks = shown.map((found) => caseLines(found, options).join('\n'))
  return [...overview(cases), '', ...hint, blocks.join('\n\n')].join('\n') + '\n'
}

function quietLine(found: Case): string {
  return `${found.verdict.code} (${found.verdict.confidence}) ${subjectWords(found.subject)}: ${printable(found.verdict.summary)}`
}

function nothingToJudge(unknown: readonly string[], { width, paint }: TextOptions): string {
  const lines = [
    paint.bold('Nothing to judge'),
    ...wrap(
      'The evidence shows no kill, no exit and no memory trouble; that is no proof that there was none.',
      width,
    ),
    ...section(
      'Not known',
      unknown.flatMap((text) => bullet(text, width)),
      paint,
    ),
  ]
  return `${lines.join('\n')}\n`
}

function overview(cases: readonly Case[]): string[] {
  const rows = cases.map((found) => [
    timeOfCase(found),
    shortSubject(found.subject),
    found.verdict.code,
    victimNames(found),
  ])
  return textTable(['Time', 'Subject', 'Verdict', 'Victim'], rows)
}

function caseLines(found: Case, options: TextOptions): string[] {
  const { width, paint } = options
  const { verdict } = found
  const heading = isGood(verdict.code) ? paint.good : paint.bad
  return [
    `${heading(VERDICT_WORDS[verdict.code])}  ${paint.dim(`${verdict.code}, ${verdict.confidence}`)}`,
    ...wrap(`${printable(verdict.summary)}${references(verdict.because)}`, width),
    ...against(found, width),
    '',
    ...facts(found, options),
    ...section('Died in this pod, too', (options.besideOf?.(found) ?? []).map(besideLine), paint),
    ...section('Its lives', livesLines(found, width), paint),
    ...section(
      'Why it grew',
      found.causes.flatMap((cause, at) => causeLines(cause, at, width)),
      paint,
    ),
    ...section(
      'What to do',
      found.remedies.flatMap((remedy) => remedyLines(found, remedy, options)),
      paint,
    ),
    ...section(
      'Runbooks',
      (options.runsOf?.(found) ?? []).flatMap((run) => caseRunLines(run, paint)),
      paint,
    ),
    ...section(
      'Evidence',
      found.evidence.flatMap((seen) => evidenceLines(found, seen, options)),
      paint,
    ),
    ...section('Ruled out', ruledOut(found, width), paint),
    ...section(
      'Not known',
      found.unknown.flatMap((text) => bullet(text, width)),
      paint,
    ),
  ]
}

function against(found: Case, width: number): string[] {
  const ids = found.verdict.against
  return ids.length === 0 ? [] : wrap(`What speaks against it:${references(ids)}`, width)
}

function facts(found: Case, { width, paint }: TextOptions): string[] {
  const { trigger } = found
  const rows: [string, string][] = [
    ['Subject', subjectWords(found.subject)],
    ['When', timeOfCase(found)],
    ...bindingWords(found.binding),
    ...memoryWords(found),
    ...found.victims.map((victim): [string, string] => ['Victim', processWords(victim)]),
  ]
  if (found.subject.image !== null) rows.splice(1, 0, ['Image', printable(found.subject.image)])
  if (found.verdict.mainProcessDied === false && found.victims.length > 0) {
    rows.push(['Note', 'a child was killed; the main process lives on'])
  }
  rows.push(...memoryNotes(found).map((note): [string, string] => ['Note', note]))
  if (trigger !== null && (trigger.name !== null || trigger.pid !== null)) {
    const pid = trigger.pid === null ? '' : ` (PID ${trigger.pid})`
    rows.push(['Trigger', `${printable(trigger.name ?? 'a process')}${pid}`])
  }
  return rows.flatMap(([label, value]) =>
    wrapHanging(`  ${label.padEnd(9)} `, value, width).map((line) =>
      line.replace(label, paint.bold(label)),
    ),
  )
}

/** The command stays whole, so that it can be copied. */
function besideLine({ container, verdict, at, command }: DiedBeside): string {
  return `  ${printable(container)} (${verdict}, ${localTime(at)}): ${printable(command)}`
}

function memoryWords({ bill }: Case): [string, string][] {
  const words = bill === null ? '' : billWords(bill)
  return words === '' ? [] : [['Memory', words]]
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint.bold(title), ...lines]
}

function causeLines(cause: Case['causes'][number], at: number, width: number): string[] {
  const text = `${cause.code} (${cause.confidence}): ${printable(cause.summary)}${references(cause.because)}`
  return wrapHanging(`  ${at + 1}. `, text, width)
}

/** Commands stay on one line, however long, so that they can be copied. */
function remedyLines(found: Case, remedy: Remedy, { width, paint }: TextOptions): string[] {
  const undo = remedy.reversible ? 'can be undone' : 'cannot be undone'
  const text = `${printable(remedy.title)} (${remedy.layer}, ${remedy.risk} risk, ${undo})`
  return [
    ...wrapHanging('  - ', text, width),
    ...commandsFor(found.subject.platform, remedy).flatMap((command) => [
      paint.dim(`    ${command.for}:`),
      ...printableLines(command.run).map((line) => `      ${line}`),
    ]),
  ]
}

const EXCERPT_LINES = 3

/** The raw lines are shown where the verdict rests on them. */
function evidenceLines(found: Case, seen: CaseEvidence, { width, paint }: TextOptions): string[] {
  const id = `  [${printable(seen.id)}] `
  const origin = `${seen.source}, ${printable(seen.from)}, ${localTime(seen.at)}`
  const indent = ' '.repeat(id.length)
  const isDecisive = found.verdict.because.includes(seen.id)
  return [
    ...wrapHanging(id, sentence(seen.says), width),
    ...wrapHanging(indent, origin, width).map((line) => paint.dim(line)),
    ...(isDecisive ? excerptLines(seen.excerpt, indent, width) : []).map((line) => paint.dim(line)),
  ]
}

function excerptLines(excerpt: string, indent: string, width: number): string[] {
  const lines = printableLines(excerpt.trimEnd())
  const room = Math.max(width - indent.length - 2, 20)
  const shown = lines
    .slice(0, EXCERPT_LINES)
    .map((line) => `${indent}| ${line.length > room ? `${line.slice(0, room - 1)}…` : line}`)
  const more = lines.length - shown.length
  return more > 0 ? [...shown, `${indent}| … ${more} more lines`] : shown
}

function ruledOut(found: Case, width: number): string[] {
  if (found.ruledOut.length === 0) return []
  const text = found.ruledOut.map((entry) => `${entry.code}${references(entry.because)}`).join(', ')
  return wrapHanging('  ', text, width)
}

function bullet(text: string, width: number): string[] {
  return wrapHanging('  - ', sentence(text), width)
}
