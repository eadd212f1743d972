import type { Fact } from './facts.ts'
import type { Instant } from './time.ts'

export const EVIDENCE_SOURCES = [
  'kmsg',
  'journal',
  'syslog',
  'cgroup',
  'proc',
  'docker',
  'podman',
  'kubernetes',
  'marathon',
  'mesos',
  'log',
  'bundle',
] as const
export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number]

/** One observation with its origin. Nothing is claimed without one. */
export interface Observation<F extends Fact = Fact> {
  source: EvidenceSource
  /** When it happened or was read; null where the source does not say. */
  at: Instant | null
  /** The observation in one sentence for people. */
  says: string
  /** The raw text it rests on, at most {@link EXCERPT_CHARS} characters. */
  excerpt: string
  /** `file:line`, or the API path. */
  from: string
  fact: F
}

export const EXCERPT_CHARS = 1_000

/** Cuts an excerpt to its cap and says so. */
export function excerptOf(text: string): string {
  return text.length <= EXCERPT_CHARS ? text : `${text.slice(0, EXCERPT_CHARS - 2)} …`
}

/** What the sources found out, and what they could not read. */
export interface World {
  observations: readonly Observation[]
  /** What could not be read, and why: one sentence each. */
  unknown: readonly string[]
}
