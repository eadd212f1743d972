import { positionOf, type Place } from './documents/place.ts'
import type { Problem } from './documents/problem.ts'
import type { Audit, Finding } from './engine.ts'
import type { Severity } from './rule.ts'

const LEVELS: Record<Severity, 'error' | 'warning' | 'notice'> = {
  error: 'error',
  critical: 'error',
  high: 'error',
  warning: 'warning',
  info: 'notice',
}

/**
 * The answer as annotations of GitHub's workflows, one a line (docs.github.com, Workflow commands). A text without findings is
 * empty: nothing is annotated.
 */
export function githubAnnotations({ findings, problems }: Audit): string {
  return [...problems.map(problemCommand), ...findings.map(findingCommand)]
    .map((line) => `${line}\n`)
    .join('')
}

function findingCommand({ rule, severity, place, message }: Finding): string {
  return command(LEVELS[severity], place, `${rule.id} ${rule.title}`, message)
}

function problemCommand({ at, what, todo }: Problem): string {
  return command('error', at, 'Not judged', `${what}; ${todo}`)
}

function command(level: string, place: Place, title: string, message: string): string {
  const properties = [...placeProperties(place), ['title', title] as const]
  const written = properties.map(([name, value]) => `${name}=${escapedProperty(value)}`)
  return `::${level} ${written.join(',')}::${escapedData(message)}`
}

/** What came from standard input stands in no file of the repository. GitHub counts columns within one line alone. */
function placeProperties(place: Place): (readonly [name: string, value: string])[] {
  if (place.file.path === '-') return []
  const begin = positionOf(place)
  const end = positionOf({ ...place, start: place.end })
  const isOneLine = begin.line === end.line
  return [
    ['file', place.file.path.replace(/^\.\//, '')],
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
