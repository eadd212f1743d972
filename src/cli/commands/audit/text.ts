import { counted } from '../../../model/counted.ts'
import { lineOf, positionOf } from '../../../audit/documents/place.ts'
import type { Problem } from '../../../audit/documents/problem.ts'
import type { Audit, Finding } from '../../../audit/engine.ts'
import { redactText } from '../../../evidence/redact-text.ts'
import { SEVERITIES, type Severity } from '../../../audit/rule.ts'
import type { Paint } from '../../render/paint.ts'
import { printable } from '../../../report/printable.ts'
import { textTable } from '../../../report/table.ts'
import { wrap } from '../../render/wrap.ts'
import type { Known } from './baseline.ts'
import type { Mended } from './fix.ts'
import type { LiveInputs } from './live.ts'

interface TextOptions {
  paint: Paint
  /** Columns of the terminal; null where there is none: then no line is broken. */
  width: number | null
  /** One line for each finding. */
  isShort: boolean
  mended: Mended | null
  known: Known | null
  /** Rules that are switched off. */
  off: ReadonlyMap<string, string>
  /** What of it runs; null where files alone are judged. */
  live: LiveInputs | null
}

/** What of a line is shown: minified JSON has lines of megabytes. */
const MAX_SHOWN = 100
/** Of it, for what is meant, and for what follows. */
const MAX_SHARE = 0.7
const SHARE_AFTER = 0.1
/** What is looked at for secrets on either side. */
const MAX_READ = 2_000

/** The answer for people: what was found in one line, then each finding with its line of the file. */
export function textOf(audit: Audit, options: TextOptions): string {
  const { paint, width, isShort, mended, known, off, live } = options
  const headline = headlineOf(audit, live)
  const tone = audit.findings.length === 0 ? paint.good : paint.bad
  const notes = [
    ...(mended === null ? [] : [mendedWords(mended)]),
    ...(known === null ? [] : [known.says]),
    ...(off.size === 0 ? [] : [`${counted(off.size, 'rule')} switched off with a reason`]),
    ...(audit.ignored === 0 ? [] : [`${counted(audit.ignored, 'finding')} ignored with a reason`]),
    ...(live?.cluster
      ? [`Asked ${live.cluster.where} with ${counted(live.cluster.calls, 'call')}`]
      : []),
  ]
  if (isShort) return audit.findings.map((finding) => `${shortLine(finding)}\n`).join('')
  const lines = [
    tone(headline),
    ...notes,
    ...audit.findings.flatMap((finding) => ['', ...findingLines(finding, paint, width)]),
    ...summaryOf(audit.findings),
  ]
  return `${lines.join('\n')}\n`
}

/** So many findings are more than a screen. */
const MANY = 20
const MAX_RULES = 10

/** What stands at the end, where somebody who scrolls looks first. */
function summaryOf(findings: readonly Finding[]): string[] {
  const fixable = findings.filter(({ edits }) => edits.length > 0).length
  return [
    ...(findings.length > MANY ? mostOften(findings) : []),
    ...(fixable === 0 ? [] : ['', `${counted(fixable, 'finding')} can be mended by --fix.`]),
  ]
}

function mostOften(findings: readonly Finding[]): string[] {
  const groups = [...Map.groupBy(findings, ({ rule }) => rule)]
  const often = groups.toSorted(([, a], [, b]) => b.length - a.length).slice(0, MAX_RULES)
  const rows = often.map(([rule, found]) => {
    const files = new Set(found.map(({ place }) => place.file)).size
    return [String(found.length), rule.id, rule.title, `in ${counted(files, 'file')}`]
  })
  return [
    '',
    'Most often',
    ...textTable([], rows, [0]).map((line) => `  ${line}`),
    '',
    `What a rule is about: stella audit --explain ${often[0]?.[0].id}`,
    'To be told only what is new from here on: --baseline FILE',
  ]
}

function headlineOf({ findings, files }: Audit, live: LiveInputs | null): string {
  const judged = judgedWords(files.length, live)
  if (findings.length === 0) return `No memory mistakes in ${judged}`
  const counts = SEVERITIES.map((severity): [Severity, number] => [
    severity,
    findings.filter((finding) => finding.severity === severity).length,
  ])
  const parts = counts.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`)
  return `${counted(findings.length, 'memory mistake')} in ${judged}: ${parts.join(', ')}`
}

/** `3 files`, `this machine and 2 containers`, `this machine and 2 containers, with 3 files`. */
function judgedWords(files: number, live: LiveInputs | null): string {
  if (live === null) return counted(files, 'file')
  const others = files - live.inputs.length
  return others === 0 ? live.says : `${live.says}, with ${counted(others, 'file')}`
}

function findingLines(finding: Finding, paint: Paint, width: number | null): string[] {
  const { rule, severity, place, line, column, message, edits, seen } = finding
  const where = `${printable(place.file.path)}:${line}:${column}`
  const isGrave = severity === 'error' || severity === 'critical' || severity === 'high'
  const mark = isGrave ? paint.bad : paint.bold
  const number = String(line)
  const gutter = ' '.repeat(number.length)
  const room = width === null ? MAX_SHOWN : Math.max(width - gutter.length - 6, 30)
  const { shown, before, meant } = excerptOf(finding, room)
  const says = `${printable(message)}.${edits.length === 0 ? '' : ' --fix mends it.'}`
  return [
    `${paint.bold(where)}  ${mark(`${severity} ${rule.id}`)}  ${printable(rule.title)}`,
    ...(width === null ? [says] : wrap(says, Math.max(width - 2, 30))).map((each) => `  ${each}`),
    ...(seen === null ? [] : [`  Seen: ${printable(seen)}.`]),
    paint.dim(`  ${number} | ${shown}`),
    `  ${gutter} | ${' '.repeat(before)}${mark('^'.repeat(meant))}`,
  ]
}

/**
 * The line with what is meant in it, cut where it is long. What stands beside it may be a secret: both sides are redacted, from
 * further away than is shown, so that the name of a value is seen with it.
 */
function excerptOf(
  { place, line, column }: Finding,
  room: number,
): {
  shown: string
  /** Characters before what is meant. */
  before: number
  /** Characters of what is meant. */
  meant: number
} {
  const text = lineOf(place.file, line)
  const from = column - 1
  const to = Math.min(from + place.end - place.start, text.length)
  const left = safe(text.slice(Math.max(0, from - MAX_READ), from))
  const right = safe(text.slice(to, to + MAX_READ))
  const meant = safe(text.slice(from, to)).slice(0, room * MAX_SHARE)
  const kept = Math.floor(room - meant.length - Math.min(right.length, room * SHARE_AFTER))
  const before = left.length > kept ? `…${left.slice(left.length - kept + 1)}` : left
  const after = right.slice(0, Math.max(0, room - meant.length - before.length))
  return {
    shown: `${before}${meant}${after}`,
    before: before.length,
    meant: Math.max(1, meant.length),
  }
}

function safe(text: string): string {
  return printable(redactText(text))
}

function shortLine({ rule, severity, place, line, column, message }: Finding): string {
  return `${printable(place.file.path)}:${line}:${column}: ${severity} ${rule.id} ${printable(message)}`
}

function mendedWords({ count, files }: Mended): string {
  return count === 0
    ? 'Nothing could be mended'
    : `Mended ${counted(count, 'finding')} in ${counted(files, 'file')}`
}

/** The one line for what could not be judged. */
export function problemLine({ at, what, todo }: Problem): string {
  const { line, column } = positionOf(at)
  return printable(`stella: ${at.file.path}:${line}:${column}: ${what}; ${todo}`)
}
