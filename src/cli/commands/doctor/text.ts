/** What the doctor says, as lines: the worst first. */
import { CHECK_SEVERITIES } from '../../../doctor/check.ts'
import type { CheckStatus } from '../../../doctor/check.ts'
import { rank } from '../../../doctor/examine.ts'
import type { CheckResult } from '../../../doctor/examine.ts'
import { printable } from '../../../report/printable.ts'
import type { Paint } from '../../render/paint.ts'
import { textTable } from '../../../report/table.ts'
import { wrap, wrapHanging } from '../../render/wrap.ts'
import { readOn } from './read-on.ts'

export interface DoctorText {
  width: number
  paint: Paint
}

/** Of those that are not well, what matters most comes first; the others stay as they are listed. */
export function worstFirst(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.toSorted(
    (one, other) => rank(one.status) - rank(other.status) || weightOf(one) - weightOf(other),
  )
}

function weightOf(result: CheckResult): number {
  return isBad(result) ? CHECK_SEVERITIES.indexOf(result.check.severity) : 0
}

function isBad({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'warn'
}

/** `1 fails, 2 warn, 5 pass, 1 was skipped`. */
export function summaryOf(results: readonly CheckResult[]): string {
  const parts = COUNTED.flatMap(([status, one, many]) => {
    const count = results.filter((result) => result.status === status).length
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
  })
  return parts.join(', ')
}

const COUNTED: readonly (readonly [CheckStatus, string, string])[] = [
  ['fail', 'fails', 'fail'],
  ['warn', 'warns', 'warn'],
  ['pass', 'passes', 'pass'],
  ['skip', 'was skipped', 'were skipped'],
]

export function doctorLines(results: readonly CheckResult[], text: DoctorText): readonly string[] {
  const hasFailed = results.some(({ status }) => status === 'fail')
  const summary = `Checks: ${summaryOf(results)}`
  const groups = alike(worstFirst(results))
  const names = groups.map((group) => nameOf(group))
  const widest = Math.max(0, ...names.map((name) => name.length))
  return [
    hasFailed ? text.paint.bad(summary) : text.paint.bold(summary),
    '',
    ...groups.flatMap((group, at) => groupLines(group, (names[at] ?? '').padEnd(widest), text)),
    ...mendLines(results),
  ]
}

type Group = readonly [CheckResult, ...CheckResult[]]

/** Neighbours that say the same of the same thing are told once. */
function alike(sorted: readonly CheckResult[]): readonly Group[] {
  const groups: [CheckResult, ...CheckResult[]][] = []
  for (const result of sorted) {
    const group = groups.at(-1)
    const first = group?.[0]
    const isSame =
      first?.status === result.status && first.says === result.says && first.todo === result.todo
    if (group !== undefined && isSame && areaOf(first) === areaOf(result)) group.push(result)
    else groups.push([result])
  }
  return groups
}

/** `check.scanner`: as `--check` takes it. */
function areaOf({ check }: CheckResult): string {
  return check.id.split('.').slice(0, 2).join('.')
}

function nameOf(group: Group): string {
  const [first] = group
  return group.length === 1 ? first.check.id : `${areaOf(first)} (${group.length} checks)`
}

const INDENT = ' '.repeat(6)

/** What is well fits into one line mostly; what is not has lines of its own. */
function groupLines(
  [result]: Group,
  name: string,
  { width, paint }: DoctorText,
): readonly string[] {
  const { status, todo, check } = result
  const says = printable(result.says)
  const word = { fail: paint.bad, warn: paint.bold, pass: paint.good, skip: paint.dim }[status](
    status,
  )
  const isWrong = isBad(result)
  const isShort = !isWrong && INDENT.length + name.length + 2 + says.length <= width
  return [
    ...(isShort
      ? [`${word}  ${name}  ${says}`]
      : [`${word}  ${name.trimEnd()}`, ...wrapHanging(INDENT, says, width)]),
    // What is not there, or not used, is not broken.
    ...(todo !== null && (isWrong || result.isOutOfReach) ? labelled('do', todo, width) : []),
    ...(isWrong ? labelled('read', readOn(check.runbook), width) : []),
  ]
}

const LABEL_WIDTH = 'read: '.length

/** A command stays on one line, however long, so that it can be copied. */
export function labelled(label: string, text: string, width: number): readonly string[] {
  const first = `${INDENT}${`${label}:`.padEnd(LABEL_WIDTH)}`
  const shown = printable(text)
  return /^(?:sudo|stella) /.test(shown) ? [first + shown] : wrapHanging(first, shown, width)
}

function mendLines(results: readonly CheckResult[]): readonly string[] {
  const mended = results.filter(({ problems }) => problems.some(({ mend }) => mend !== undefined))
  if (mended.length === 0) return []
  const what = mended.length === 1 ? 'one of these' : `${mended.length} of these`
  return ['', `stella can mend ${what} itself; what it would do: stella doctor fix`]
}

/** A row for each check, in lines that fit. */
export function doctorTable(
  results: readonly CheckResult[],
  { width }: Pick<DoctorText, 'width'>,
): readonly string[] {
  const head = ['Status', 'Severity', 'Check']
  const sorted = worstFirst(results)
  const cells = sorted.map(({ check, status }) => [status, check.severity, check.id])
  const used = [head, ...cells].reduce<number[]>(
    (widths, row) => row.map((cell, at) => Math.max(widths[at] ?? 0, cell.length)),
    [],
  )
  const room = width - used.reduce((sum, each) => sum + each + 2, 0)
  const rows = sorted.flatMap(({ says }, at) =>
    wrap(printable(says), Math.max(room, LEAST_COLUMN)).map((line, below) =>
      below === 0 ? [...(cells[at] ?? []), line] : ['', '', '', line],
    ),
  )
  return textTable([...head, 'What it found'], rows)
}

const LEAST_COLUMN = 24

/** Only what is not well. */
export function quietLines(results: readonly CheckResult[]): readonly string[] {
  return worstFirst(results)
    .filter(isBad)
    .map(({ check, status }) => `${status} ${check.id}`)
}
