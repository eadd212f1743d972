import { positionOf, type Place } from './documents/place.ts'
import type { Problem } from './documents/problem.ts'
import type { Audit, Finding } from './engine.ts'
import { pathFromRoot, type ReportSetting, STANDARD_INPUT } from './report.ts'
import { SEVERITIES, type Severity } from './rule.ts'

const LEVELS: Record<Severity, 'error' | 'warning' | 'notice'> = {
  error: 'error',
  critical: 'error',
  high: 'error',
  warning: 'warning',
  info: 'notice',
}

/**
 * The answer as annotations of GitHub's workflows, one a line (docs.github.com, Workflow commands), the gravest first, for of each
 * level only the first ten of a step are shown. A text without findings is empty: nothing is annotated.
 */
export function githubAnnotations(
  { findings, problems }: Audit,
  { root, unread }: ReportSetting,
): string {
  const gravestFirst = findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  )
  const commands = [
    ...unread.map((sentence) => command('error', [], 'Not read', sentence)),
    ...problems.map((problem) => problemCommand(problem, root)),
    ...gravestFirst.map((finding) => findingCommand(finding, root)),
  ]
  return commands.map((line) => `${line}\n`).join('')
}

function findingCommand({ rule, severity, place, message }: Finding, root: string): string {
  const title = `${rule.id} ${rule.title}`
  return command(LEVELS[severity], placeProperties(place, root), title, message)
}

function problemCommand({ at, what, todo }: Problem, root: string): string {
  return command('error', placeProperties(at, root), 'Not judged', `${what}; ${todo}`)
}

type Property = readonly [name: string, value: string]

function command(
  level: string,
  place: readonly Property[],
  title: string,
  message: string,
): string {
  const properties = [...place, ['title', title] as const]
  const written = properties.map(([name, value]) => `${name}=${escapedProperty(value)}`)
  return `::${level} ${written.join(',')}::${escapedData(message)}`
}

/** What came from standard input stands in no file of the repository. GitHub counts columns within one line alone. */
function placeProperties(place: Place, root: string): Property[] {
  if (place.file.path === STANDARD_INPUT) return []
  const begin = positionOf(place)
  const end = positionOf({ ...place, start: place.end })
  const isOneLine = begin.line === end.line
  return [
    ['file', pathFromRoot(place.file.path, root)],
    ['line', String(begin.line)],
    ...(isOneLine ? [['endLine', String(end.line)] as const] : []),
    ['col', String(begin.column)],
    ...(isOneLine ? [['endColumn', String(end.column)] as const] : []),
  ]
}

/** As the toolkit of GitHub's actions does it (actions/toolkit, packages/core/src/command.ts). */
function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
