/** A change of the world that stella makes and takes back. */
import { REMEDY_PLATFORMS } from './case.ts'
import type { RemedyLayer } from './case.ts'
import type { Change } from './change.ts'
import type { Subject } from './subject.ts'
import type { Instant } from './time.ts'

export type { Change, ScannerAct } from './change.ts'

/** What can be written down as JSON, and read back the same. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** What is to be changed, as a driver finds it again. */
export type FixTarget =
  | { kind: 'container'; engine: 'docker' | 'podman'; name: string }
  | { kind: 'compose'; file: string; service: string }
  | { kind: 'pod'; namespace: string; pod: string; container: string | null }
  | { kind: 'marathon'; app: string }
  | { kind: 'unit'; name: string }
  | { kind: 'cgroup'; path: string }
  | { kind: 'host' }
  /** As whoever asks names it: the address of its server or database, or its data folder. */
  | { kind: 'scanner'; where: string }
  | { kind: 'data-folder'; path: string }

/** What is changed, and by which driver: platforms of containers, and stella's own. */
export const FIX_PLATFORMS = [...REMEDY_PLATFORMS, 'scanner', 'data-folder'] as const
export type FixPlatform = (typeof FIX_PLATFORMS)[number]

/** One move, small enough to be made and taken back as a whole. Written down before it is made. */
export interface FixStep {
  /** Unique within a plan. */
  id: string
  /** For people: `stop container web`. */
  says: string
  /** The same by hand. */
  command: string | null
  /** What the driver needs to make it and to take it back: earlier values are in here. */
  data: JsonObject
}

/** How one value changes, for people. */
export interface FieldChange {
  field: string
  before: string | null
  after: string | null
}

/** Why a plan would not be let through. */
export interface PlanProblem {
  /** A right is missing, or nobody answers; what is asked for is not let in; somebody else holds it, and `force` writes over it. */
  kind: 'denied' | 'refused' | 'held'
  says: string
  /** The next step, as a sentence without a full stop. */
  todo: string
}

/** What a driver would do. Nothing is changed by making one. */
export interface ChangePlan {
  /** Whose driver makes it. */
  platform: FixPlatform
  target: FixTarget
  /** `in-place`: the workload goes on; `recreate`: it is ended and made anew; `file`: a file is written, in force with the next start. */
  method: 'in-place' | 'recreate' | 'file'
  title: string
  risk: 'low' | 'medium' | 'high'
  /** Sentences: what happens meanwhile, what is not kept. */
  warnings: readonly string[]
  changes: readonly FieldChange[]
  /** A unified diff where a file or an object is changed, else empty. */
  diff: string
  steps: readonly FixStep[]
  /** What refuses it, as far as that was found out without making it: it is not made while there is any. */
  problems?: readonly PlanProblem[]
  /** Who it is, so that a verification can tell whether the same workload runs. */
  workload: Workload
}

export interface Workload {
  image: string | null
  /** Digest or id of the image. */
  imageId: string | null
  command: readonly string[]
}

export type FixState =
  /** Being made: another one on the same target has to wait. A dead owner's fix is to be taken back. */
  | 'applying'
  | 'applied'
  /** Failed, and everything is as before. */
  | 'rolled-back'
  | 'undone'
  /** Failed, and not everything could be taken back: `problem` says what is left. */
  | 'stuck'

/** What is kept of a fix. */
export interface FixRecord {
  id: string
  /** `applying`: being made; `rolled-back`: failed, and everything is as before; `stuck`: not everything could be taken back. */
  state: FixState
  subject: Subject
  /** The case that it answers. */
  caseId: string | null
  remedyId: string | null
  layer: RemedyLayer
  change: Change
  plan: ChangePlan
  /** When it was asked for. */
  at: Instant
  /** When the last step was made: what a verification counts from. */
  appliedAt: Instant | null
  endedAt: Instant | null
  /** Steps that were begun, and those that were finished. */
  begun: readonly string[]
  done: readonly string[]
  /** Why it failed, and what is left. */
  problem: string | null
}
