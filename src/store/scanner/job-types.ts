/** What jobs are asked for, and what their store can do. */
import type {
  Attempt,
  Gate,
  GateState,
  Job,
  JobRequest,
  JobResult,
  JobState,
  ScanFigures,
  ScanMode,
} from '../../model/scan-job.ts'
import type { AttemptMemory, NumberedMemory, ScannedLayer } from '../../model/scan-profile.ts'
import type { Instant } from '../../model/time.ts'
import type { AttemptEnd } from './job-rows.ts'
import type { TakenMessage } from './queue.ts'

export interface NewJob extends JobRequest, Course {
  sizeBytes: number | null
  createdAt: Instant
  createdBy: string
}

/** Where a job goes, and how. */
export interface Course {
  pool: string
  mode: ScanMode
  note: string | null
}

export interface JobQuery {
  /** At most 1,000. */
  limit: number
  /** `next` of the page before. */
  after?: string | undefined
  states?: readonly JobState[] | undefined
  /** A part of the name of the image. */
  image?: string | undefined
  /** Created, or ended, since. */
  since?: Instant | undefined
}

export interface TakenJob {
  job: Job
  attempt: Attempt
  message: TakenMessage
}

export interface JobRequests {
  submit(job: NewJob): Promise<Job>
  /** Null: there is none, or it ended already. */
  cancel(id: string, at: Instant): Promise<Job | null>
  /** One that ended is tried as if it were new, and what it gave is no more; null: there is none such. */
  retry(id: string, course: Course & Pick<Job, 'sizeBytes'>): Promise<Job | null>
}

export interface SettledEnd extends AttemptEnd {
  /** Null: nobody looked. */
  memory: AttemptMemory | null
}

/** What an attempt that went well leaves. */
export interface Scanned {
  result: JobResult
  layers: readonly ScannedLayer[]
  /** The SBOM, packed, in pieces. */
  document: AsyncIterable<Uint8Array>
}

/** Of what a taker does, `false` means that the job is not its any more, and nothing was written. */
export interface JobAttempts {
  /** The next of a pool that is to be tried; null: none waits. */
  take(pool: string, by: Taker): Promise<TakenJob | null>
  /** Says that it is worked on. */
  touch(taken: TakenJob): Promise<boolean>
  done(taken: TakenJob, end: SettledEnd, scanned: Scanned): Promise<boolean>
  /** It is tried once more. */
  again(taken: TakenJob, end: SettledEnd, next: Course & { delayMs: number }): Promise<boolean>
  /** It is not tried any more. */
  over(taken: TakenJob, end: SettledEnd, last: LastWord): Promise<boolean>
}

export interface LastWord {
  state: JobState
  says: string
  /** Why the image may not be released; null: that changes nothing. */
  gate: string | null
}

/** What becomes of a job whose takers were gone so often in a row. */
export type AfterGone = (
  times: number,
  mode: ScanMode,
) => { kind: 'again'; mode: ScanMode } | { kind: 'over'; last: LastWord }

export interface JobRecovery {
  /** Every job that runs is lost: whoever had the database before is gone. Gives how many there were. */
  recover(): Promise<number>
}

export interface Taker extends Pick<Attempt, 'host' | 'worker' | 'limitBytes' | 'startedAt'> {
  afterGone: AfterGone
}

export interface JobQueries {
  /** Newest first. */
  list(query: JobQuery): Promise<{ jobs: readonly Job[]; next: string | null }>
  /** By its id, or the beginning of it where that names one alone. */
  find(id: string): Promise<Job | null>
  counts(): Promise<ReadonlyMap<JobState, number>>
  /** Jobs that wait, by pool. */
  depths(): Promise<ReadonlyMap<string, number>>
  /** Images that may not be released, the latest first. */
  gates(): Promise<readonly Gate[]>
  /** By the name that was scanned. */
  gate(image: string): Promise<GateState>
  /** Of jobs that ended since; without it, of all that are kept. */
  figures(since?: Instant): Promise<ScanFigures>
  /** Of the attempts that somebody could look at, the first one first. */
  memory(id: string): Promise<readonly NumberedMemory[]>
  /** Of the SBOM that is there, lowest first; none where there is no SBOM. */
  layers(id: string): Promise<readonly ScannedLayer[]>
  /** The SBOM, packed; nothing where there is none. */
  document(id: string): AsyncIterable<Uint8Array>
}

export type JobsStore = JobRequests & JobAttempts & JobRecovery & JobQueries
