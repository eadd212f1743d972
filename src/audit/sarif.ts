import { redactText } from '../evidence/redact-text.ts'
import { fingerprinted, lineFingerprints } from './fingerprint.ts'
import { positionOf, type Place, type SourceFile } from './documents/place.ts'
import type { Problem } from './documents/problem.ts'
import type { Audit, Finding } from './engine.ts'
import { pathFromRoot, type ReportSetting, STANDARD_INPUT } from './report.ts'
import { SEVERITIES, type Example, type Rule, type Severity } from './rule.ts'
import { plainExample } from './rules/examples.ts'
import { RULES } from './rules/index.ts'

const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = {
  error: 'error',
  critical: 'error',
  high: 'error',
  warning: 'warning',
  info: 'note',
}

/** Of GitHub's code scanning, for what is no matter of security. */
const PROBLEM_SEVERITY = { error: 'error', warning: 'warning', note: 'recommendation' } as const

/** Code scanning refuses a file with more (docs.github.com, SARIF support for code scanning). */
const MAX_RESULTS = 25_000

interface SarifSetting extends ReportSetting {
  /** Of stella. */
  version: string
}

/** The answer in SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0). */
export function sarifOf(audit: Audit, { version, root, unread }: SarifSetting): object {
  const results = gravest(audit.findings)
  const fingerprints = new Map<SourceFile, ReadonlyMap<number, string>>()
  const notes = [
    ...audit.problems.map((problem) => problemNote(problem, root)),
    ...unread.map((sentence) => note('error', sentence)),
    ...(results.length === audit.findings.length ? [] : [cutNote(audit.findings.length)]),
  ]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'stella', version, semanticVersion: version, rules: RULES.map(ruleOf) },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {
          [ROOT]: { description: { text: 'The folder that stella was run in.' } },
        },
        results: results.map((finding) => ({
          ...resultOf(finding, root),
          ...fingerprintOf(finding, fingerprints),
        })),
        invocations: [
          {
            executionSuccessful: audit.problems.length === 0 && unread.length === 0,
            toolExecutionNotifications: notes,
          },
        ],
      },
    ],
  }
}

/** All of them, in their order, or those that matter most. */
function gravest(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= MAX_RESULTS) return findings
  return SEVERITIES.flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  ).slice(0, MAX_RESULTS)
}

function cutNote(count: number): object {
  return note(
    'warning',
    `${count - MAX_RESULTS} milder findings are left out: code scanning takes ${MAX_RESULTS}`,
  )
}

function ruleOf({ id, title, why, reference, severity, examples }: Rule): object {
  const level = LEVELS[severity]
  const address = /^https:\/\/\S+/.exec(reference)?.[0]
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: {
      text: `${why}\n\nRests on: ${reference}`,
      markdown: [
        why,
        `Wrong:\n${fence(examples.bad)}`,
        `Right:\n${fence(examples.good)}`,
        `Rests on: ${reference}`,
      ].join('\n\n'),
    },
    ...(address === undefined || !URL.canParse(address) ? {} : { helpUri: address }),
    defaultConfiguration: { level },
    properties: {
      tags: ['memory'],
      precision: 'high',
      'problem.severity': PROBLEM_SEVERITY[level],
    },
  }
}

function fence(example: Example): string {
  const { path, text } = plainExample(example)
  const language = /\.ya?ml$/.test(path) ? 'yaml' : path.endsWith('.json') ? 'json' : ''
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}

function resultOf({ rule, severity, message, place, edits }: Finding, root: string): object {
  const fixes = edits.length === 0 ? {} : { fixes: [fixOf(edits, root)] }
  return {
    ruleId: rule.id,
    ruleIndex: RULES.indexOf(rule),
    level: LEVELS[severity],
    message: { text: `${message}.` },
    locations: [{ physicalLocation: physical(place, root) }],
    ...fixes,
  }
}

/** None where the text it is made of holds a secret, which it would help to guess; GitHub's upload makes it then. */
function fingerprintOf(
  { place, line, column }: Finding,
  known: Map<SourceFile, ReadonlyMap<number, string>>,
): object {
  const { file, start } = place
  const meant = fingerprinted(file.text, start - column + 1)
  if (redactText(meant) !== meant) return {}
  const ofFile = known.get(file) ?? lineFingerprints(file.text)
  known.set(file, ofFile)
  const fingerprint = ofFile.get(line)
  return fingerprint === undefined
    ? {}
    : { partialFingerprints: { primaryLocationLineHash: fingerprint } }
}

function fixOf(edits: Finding['edits'], root: string): object {
  const files = new Set(edits.map(({ place }) => place.file))
  return {
    description: { text: 'Mend it' },
    artifactChanges: [...files].map((file) => ({
      artifactLocation: artifact(file, root),
      replacements: edits
        .filter(({ place }) => place.file === file)
        .map(({ place, text }) => ({
          deletedRegion: regionOf(place),
          insertedContent: { text },
        })),
    })),
  }
}

function problemNote({ at, what, todo }: Problem, root: string): object {
  return {
    ...note('error', `${what}; ${todo}`),
    locations: [{ physicalLocation: physical(at, root) }],
  }
}

function note(level: 'error' | 'warning', text: string): object {
  return { level, message: { text } }
}

function physical(place: Place, root: string): object {
  return { artifactLocation: artifact(place.file, root), region: regionOf(place) }
}

function regionOf(place: Place): object {
  const begin = positionOf(place)
  const end = positionOf({ ...place, start: place.end })
  return {
    startLine: begin.line,
    startColumn: begin.column,
    endLine: end.line,
    endColumn: end.column,
  }
}

const ROOT = '%SRCROOT%'

/** Relative to the folder it was run in; a reader must not take a colon for a scheme, nor # and ? for the end of the path. */
function artifact({ path }: SourceFile, root: string): object {
  if (path === STANDARD_INPUT) return { uri: 'stdin' }
  const shown = pathFromRoot(path, root)
  const uri = shown.toWellFormed().split('/').map(encodeURIComponent).join('/')
  return shown.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: ROOT }
}
