/** The words that a runbook may ask for in `cases`, and what a case says to each. */
import { BINDING_SCOPES, CAUSE_CODES, VERDICT_CODES } from '../../model/case.ts'
import type { Case } from '../../model/case.ts'
import { PLATFORMS } from '../../model/subject.ts'
import type { Scope, Value } from '../condition/condition.ts'
import { placeOf } from './case-place.ts'

const RUNTIMES = [
  'java',
  'node',
  'python',
  'redis',
  'postgresql',
  'php',
  'ruby',
  'nginx',
  'apache',
] as const

interface CaseWord {
  /** What it can be; null: anything. */
  values: readonly string[] | null
  /** Null: it is not known. */
  of(found: Case): Value | null
}

export const CASE_WORDS: Readonly<Record<string, CaseWord>> = {
  verdict: { values: VERDICT_CODES, of: ({ verdict }) => verdict.code },
  confidence: {
    values: ['certain', 'likely', 'possible'],
    of: ({ verdict }) => verdict.confidence,
  },
  cause: { values: CAUSE_CODES, of: ({ causes }) => causes[0]?.code ?? null },
  ...Object.fromEntries(
    CAUSE_CODES.map((code) => [
      `causes.${code}`,
      { values: null, of: ({ causes }: Case) => causes.some((cause) => cause.code === code) },
    ]),
  ),
  scope: { values: BINDING_SCOPES, of: ({ binding }) => binding.scope },
  platform: { values: [...PLATFORMS, 'systemd'], of: platformOf },
  component: {
    values: ['scanner'],
    of: (found) => (placeOf(found).worker === null ? null : 'scanner'),
  },
  runtime: { values: RUNTIMES, of: ({ victims }) => runtimeOf(victims[0]?.name ?? '') },
  process: { values: null, of: ({ victims }) => victims[0]?.name ?? null },
  image: { values: null, of: ({ subject }) => subject.image },
  victims: { values: null, of: ({ victims }) => victims.length },
  mainProcessDied: { values: null, of: ({ verdict }) => verdict.mainProcessDied },
  limitBytes: { values: null, of: ({ binding }) => binding.limitBytes },
  usageBytes: { values: null, of: ({ binding }) => binding.usageBytes },
  hostAvailableBytes: { values: null, of: ({ binding }) => binding.hostAvailableBytes },
}

/** What conditions about a case are judged by; `match(/…/)` looks at its sentences. */
export function scopeOf(found: Case): Scope {
  const values = Object.entries(CASE_WORDS).flatMap(([name, word]) => {
    const value = word.of(found)
    return value === null ? [] : [[name, value] as const]
  })
  const { verdict, causes, evidence } = found
  const sentences = [
    verdict.summary,
    ...causes.map(({ summary }) => summary),
    ...evidence.flatMap(({ says, excerpt }) => [says, excerpt]),
  ]
  return { values: new Map(values), output: sentences.join('\n') }
}

function platformOf(found: Case): string {
  const { platform } = found.subject
  if (platform !== 'cgroup') return platform
  const { unit, task } = placeOf(found)
  if (task !== null) return 'marathon'
  return unit === null ? 'cgroup' : 'systemd'
}

/** As their processes call themselves: the kernel tells of a victim no more than 15 characters. */
const NAMES: readonly (readonly [RegExp, (typeof RUNTIMES)[number]])[] = [
  [/^java$/, 'java'],
  // Newer releases call their first thread so.
  [/^(?:node|nodejs|npm|MainThread)\b/, 'node'],
  [/^(?:python|pypy|gunicorn|uwsgi|celery)/, 'python'],
  [/^(?:redis|valkey)-/, 'redis'],
  [/^(?:postgres|postmaster)/, 'postgresql'],
  [/^php/, 'php'],
  [/^(?:ruby|puma|sidekiq|unicorn)/, 'ruby'],
  [/^nginx/, 'nginx'],
  [/^(?:apache2|httpd)/, 'apache'],
]

function runtimeOf(name: string): string | null {
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? null
}
