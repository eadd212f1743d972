/** The case: what `stella why` prints. Field names are fixed by the outside contract (`stella.case/1`). */
import type { Bill } from './bill.ts'
import type { Change } from './change.ts'
import type { EvidenceSource } from './evidence.ts'
import type { BlackBox } from './facts.ts'
import type { ProcessMemory } from './memory.ts'
import type { Subject } from './subject.ts'
import type { Instant } from './time.ts'

export type Confidence = 'certain' | 'likely' | 'possible'

/** Who ended it. */
export const VERDICT_CODES = [
  'oom-own-limit',
  'oom-ancestor-limit',
  'oom-nested-limit',
  'oom-host',
  'oom-numa',
  'oom-manual',
  'oom-no-victim',
  'oom-panic',
  'oom-userspace',
  'evicted',
  'runtime-out-of-memory',
  'killed-not-memory',
  'killed-unknown',
  'crashed',
  'exited',
  'hung-at-limit',
  'thrashing',
  'at-risk',
  'healthy',
] as const
export type VerdictCode = (typeof VERDICT_CODES)[number]

/** Why it grew. */
export const CAUSE_CODES = [
  'limit-too-low',
  'leak',
  'burst',
  'off-heap',
  'heap-over-limit',
  'page-cache',
  'dirty-pages',
  'tmpfs',
  'kernel-memory',
  'fork-copy-on-write',
  'too-many-processes',
  'sibling-usage',
  'host-overcommit',
  'executor-overhead',
  'swap-off',
  'huge-pages',
  'misconfigured-limit',
  'unknown',
] as const
export type CauseCode = (typeof CAUSE_CODES)[number]

export const BINDING_SCOPES = [
  'container',
  'ancestor',
  'nested',
  'host',
  'numa',
  'userspace',
  'runtime',
  'none',
] as const
export type BindingScope = (typeof BINDING_SCOPES)[number]

/** The one limit that was reached. */
export interface Binding {
  scope: BindingScope
  path: string | null
  limitBytes: number | null
  usageBytes: number | null
  hostAvailableBytes: number | null
}

export interface Verdict {
  code: VerdictCode
  confidence: Confidence
  summary: string
  /** False: a child was killed and PID 1 lives on. Null: not known. */
  mainProcessDied: boolean | null
  because: readonly string[]
  against: readonly string[]
}

export interface Cause {
  code: CauseCode
  confidence: Confidence
  summary: string
  because: readonly string[]
}

export type RemedyLayer = 'app' | 'runtime' | 'container' | 'node' | 'kernel'
export const REMEDY_PLATFORMS = [
  'docker',
  'compose',
  'kubernetes',
  'marathon',
  'podman',
  'systemd',
  'host',
] as const
export type RemedyPlatform = (typeof REMEDY_PLATFORMS)[number]

export interface Remedy {
  id: string
  layer: RemedyLayer
  title: string
  risk: 'low' | 'medium' | 'high'
  reversible: boolean
  commands: readonly { for: RemedyPlatform; run: string }[]
  /** The same for a program; null where it takes a person. */
  change: Change | null
}

/** A sample of a case's memory. */
export interface CoursePoint {
  at: Instant
  usageBytes: number
  limitBytes: number | null
}

export interface CaseEvidence {
  id: string
  source: EvidenceSource
  at: Instant | null
  says: string
  excerpt: string
  from: string
}

/** One step of the decision path: a rule that was asked, and what it answered. */
export interface DecisionStep {
  rule: string
  question: string
  answer: 'holds' | 'ruled-out' | 'not-shown'
  because: readonly string[]
}

/** Where the memory was, as the incident's own evidence tells it: the group that was reached, or the subject's own. */
export type CaseBill = Pick<
  Bill,
  | 'moment'
  | 'path'
  | 'cgroupVersion'
  | 'chargeBytes'
  | 'chargeSource'
  | 'limitBytes'
  | 'items'
  | 'unattributedBytes'
  | 'unreclaimableBytes'
  | 'beside'
>

/** What the service's own guard saw last, before it was killed or left. */
export interface CaseBlackBox extends Omit<BlackBox, 'kind'> {
  at: Instant | null
  evidence: string
}

export interface Case {
  id: string
  at: Instant | null
  subject: Subject
  verdict: Verdict
  binding: Binding
  victims: readonly ProcessMemory[]
  trigger: {
    pid: number | null
    name: string | null
    gfpMask: string | null
    order: number | null
  } | null
  processes: readonly ProcessMemory[]
  /** Null: no stat block of a kernel report, and no files of its group. */
  bill: CaseBill | null
  /** Its memory over time up to the end, oldest first; null: nobody watched it. */
  course: readonly CoursePoint[] | null
  /** Null: it has no guard, or its file was not given. */
  blackBox: CaseBlackBox | null
  causes: readonly Cause[]
  remedies: readonly Remedy[]
  evidence: readonly CaseEvidence[]
  ruledOut: readonly { code: VerdictCode; because: readonly string[] }[]
  timeline: readonly { at: Instant | null; what: string; evidence: string }[]
  unknown: readonly string[]
  path: readonly DecisionStep[]
}
