import { positionOf } from './documents/place.ts'
import type { Problem } from './documents/problem.ts'
import type { Audit, Finding } from './engine.ts'
import type { Severity } from './rule.ts'
import { RULES } from './rules/index.ts'

const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = {
  error: 'error',
  critical: 'error',
  high: 'error',
  warning: 'warning',
  info: 'note',
}

/** Of GitHub's code scanning: how bad a rule is, from 0 to 10. */
const SECURITY_SEVERITY: Record<Severity, string> = {
  error: '8.0',
  critical: '9.0',
  high: '7.0',
  warning: '4.0',
  info: '1.0',
}

/** The answer in SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0). */
export function sarifOf(audit: Audit, version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'stella', version, rules: RULES.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: audit.findings.map(resultOf),
        invocations: [
          {
            executionSuccessful: audit.problems.length === 0,
            toolExecutionNotifications: audit.problems.map(notificationOf),
          },
        ],
      },
    ],
  }
}

function ruleOf({ id, title, why, reference, severity }: (typeof RULES)[number]): object {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why}\n\nRests on: ${reference}` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['memory'], 'security-severity': SECURITY_SEVERITY[severity] },
  }
}

function resultOf({ rule, severity, message, place, edits }: Finding): object {
  const fixes = edits.length === 0 ? {} : { fixes: [fixOf(edits)] }
  return {
    ruleId: rule.id,
    ruleIndex: RULES.indexOf(rule),
    level: LEVELS[severity],
    message: { text: `${message}.` },
    locations: [{ physicalLocation: physical(place) }],
    ...fixes,
  }
}

function fixOf(edits: Finding['edits']): object {
  const [first] = edits
  return {
    description: { text: 'Mend it' },
    artifactChanges: [
      {
        artifactLocation: { uri: uriOf(first?.place.file.path ?? '') },
        replacements: edits.map(({ place, text }) => ({
          deletedRegion: regionOf(place),
          insertedContent: { text },
        })),
      },
    ],
  }
}

function notificationOf({ at, what, todo }: Problem): object {
  return {
    level: 'error',
    message: { text: `${what}; ${todo}` },
    locations: [{ physicalLocation: physical(at) }],
  }
}

function physical(place: Finding['place']): object {
  return { artifactLocation: { uri: uriOf(place.file.path) }, region: regionOf(place) }
}

function regionOf(place: Finding['place']): object {
  const begin = positionOf(place)
  const end = positionOf({ ...place, start: place.end })
  return {
    startLine: begin.line,
    startColumn: begin.column,
    endLine: end.line,
    endColumn: end.column,
  }
}

/** Relative to the folder it was run in; spaces and the like are escaped. */
function uriOf(path: string): string {
  const plain = path === '-' ? 'stdin' : path.replace(/^\.\//, '')
  return encodeURI(plain).replaceAll('#', '%23').replaceAll('?', '%3F')
}
