/** The case: what `stella why` prints. Field names are fixed by the outside contract (`stella.case/1`). */
import type { Bill } from './bill.ts'
import type { Change } from './change.ts'
import type { CauseCode, VerdictCode } from './codes.ts'
import type { EvidenceSource } from './evidence.ts'
import type { BlackBox } from './facts.ts'
import type { ProcessMemory } from './memory.ts'
import type { Subject } from './subject.ts'
import type { Instant } from './time.ts'

export type Confidence = 'certain' | 'likely' | 'possible'

/** A case is told with them. */
export { CAUSE_CODES, VERDICT_CODES } from './codes.ts'
export type { CauseCode, VerdictCode } from './codes.ts'

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
  /** The memory group that has it. */
  path: string | null
  limitBytes: number | null
  usageBytes: number | null
  hostAvailableBytes: number | null
}

export interface Verdict {
  /** Who ended it. */
  code: VerdictCode
  confidence: Confidence
  /** One sentence that a person can act on. */
  summary: string
  /** False: a child was killed and PID 1 lives on. Null: not known. */
  mainProcessDied: boolean | null
  /** Ids of evidence. */
  because: readonly string[]
  /** Ids of evidence that speaks against it. */
  against: readonly string[]
}

export interface Cause {
  /** Why it grew. */
  code: CauseCode
  confidence: Confidence
  summary: string
  /** Ids of evidence. */
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
  /** Where it is done. */
  layer: RemedyLayer
  title: string
  risk: 'low' | 'medium' | 'high'
  reversible: boolean
  commands: readonly { for: RemedyPlatform; run: string }[]
  /** What `stella fix` would set; null where it takes a person. */
  change: Change | null
}

/** A sample of a case's memory. */
export interface CoursePoint {
  at: Instant
  usageBytes: number
  limitBytes: number | null
}

/** One run of its main process, or one task of its app. */
export interface CaseLife {
  startedAt: Instant | null
  /** Null: it lived when the evidence was taken. */
  endedAt: Instant | null
  /** `TASK_FAILED`, `killed by the kernel`, `exit code 1`. */
  how: string
}

/** Its lives, one after the other or several at a time. */
export interface CaseLives {
  /** By the time of their end, oldest first. */
  list: readonly CaseLife[]
  /** Lives before these that are known by their number alone. */
  earlier: number
  /** What each of them is given; null: not known. */
  cpus: number | null
}

export interface CaseEvidence {
  id: string
  source: EvidenceSource
  at: Instant | null
  says: string
  /** The raw text. */
  excerpt: string
  /** `file:line`, or the path of an API. */
  from: string
}

/** One step of the decision path: a rule that was asked, and what it answered. */
export interface DecisionStep {
  rule: string
  question: string
  answer: 'holds' | 'ruled-out' | 'not-shown'
  /** Ids of evidence. */
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
  /** Id of the evidence. */
  evidence: string
}

export interface Case {
  /** The same for the same evidence. */
  id: string
  /** When it happened. */
  at: Instant | null
  subject: Subject
  verdict: Verdict
  binding: Binding
  /** Who was killed. */
  victims: readonly ProcessMemory[]
  /** Whose allocation brought it about. */
  trigger: {
    pid: number | null
    name: string | null
    /** What it asked the kernel for, as the kernel writes it. */
    gfpMask: string | null
    /** 2^order pages in a row. */
    order: number | null
  } | null
  /** The kernel's task table at the kill. */
  processes: readonly ProcessMemory[]
  /** Where the memory was. Null: no stat block of a kernel report, and no files of its group. */
  bill: CaseBill | null
  /** Its memory over time up to the end, oldest first; null: nobody watched it. */
  course: readonly CoursePoint[] | null
  /** Its runs, of a Marathon app its tasks. Null: it had one life, or no more is known. */
  lives: CaseLives | null
  /** What the service's own guard wrote down last. Null: it has no guard, or its file was not given. */
  blackBox: CaseBlackBox | null
  /** Why it grew: the most likely first. */
  causes: readonly Cause[]
  remedies: readonly Remedy[]
  evidence: readonly CaseEvidence[]
  /** Verdicts that the evidence excludes. */
  ruledOut: readonly { code: VerdictCode; because: readonly string[] }[]
  timeline: readonly { at: Instant | null; what: string; evidence: string }[]
  /** What could not be read, and why. */
  unknown: readonly string[]
  /** The questions in the order they were asked. */
  path: readonly DecisionStep[]
}
