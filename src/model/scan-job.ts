/** A job: one image that is to be scanned, and what became of it. */
import type { Instant } from './time.ts'

/** `timeout` is a failure that more time would help. */
export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'timeout', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

/** Nothing happens to these any more, unless somebody asks for it. */
export const ENDED_STATES: readonly JobState[] = ['done', 'failed', 'timeout', 'cancelled']

/**
 * How a scan uses memory, the most first: `whole` takes layers into memory before they are read, `streaming` reads them as
 * they come, and `lean` does so without a second thread. `partial` is as lean, and leaves out layers that cannot be read.
 */
export const SCAN_MODES = ['whole', 'streaming', 'lean', 'partial'] as const
export type ScanMode = (typeof SCAN_MODES)[number]

/**
 * How an attempt ended. `lost`: whoever ran it was told to stop; nobody knows what would have become of it. `gone`: whoever ran
 * it is gone without a word, and perhaps because of it.
 */
export const OUTCOMES = [
  'done',
  'oom',
  'crash',
  'timeout',
  'refused',
  'unreachable',
  'lost',
  'gone',
  'cancelled',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface JobRequest {
  /** As the command line takes it: `registry:host/name:tag`. */
  image: string
  /** `linux/arm64`; null: the one of the host that scans. */
  platform: string | null
  /** The higher, the sooner; jobs of one priority go in the order in which they came. */
  priority: number
  /** Milliseconds; null: `timeouts.scan`. */
  timeoutMs: number | null
  /** Reads every layer again. */
  readsAgain: boolean
}

export interface Attempt {
  /** Counted from 1. */
  number: number
  pool: string
  host: string
  worker: string
  mode: ScanMode
  /** Of the worker; null: none could be enforced. */
  limitBytes: number | null
  startedAt: Instant
  endedAt: Instant | null
  outcome: Outcome | null
  /** What there is to say of it; null while it runs, and of one that went well. */
  says: string | null
  /** The most the worker had in use, without page cache that can be dropped; null: not known. */
  peakBytes: number | null
  /** What `stella cases show` explains. */
  caseId: string | null
}

export interface Job extends JobRequest {
  id: string
  state: JobState
  /** Where it waits, runs, or ran last. */
  pool: string
  /** Of the next attempt, or of the last. */
  mode: ScanMode
  /** Blobs as they are stored; null: nobody could tell before it was read. */
  sizeBytes: number | null
  /** Why it is where it is, and what it waits for; null: nothing is special. */
  note: string | null
  createdAt: Instant
  createdBy: string
  startedAt: Instant | null
  endedAt: Instant | null
  attempts: readonly Attempt[]
  /** How many of the attempts were before somebody asked for it again: they do not count any more. */
  forgotten: number
  /** `hasDocument`: its SBOM was not dropped yet. */
  result: (JobResult & { hasDocument: boolean }) | null
}

export interface JobResult {
  packages: number
  problems: number
  /** Of the CycloneDX document. */
  digest: string
  bytes: number
}

export const DEFAULT_POOL = 'default'

/** Workers that share a limit, and a line of jobs. */
export interface Pool {
  name: string
  /** Of each worker, as it was written; null: `worker.memory_limit`. */
  memory: string | null
  /** Workers on the host of the server. */
  count: number
  /** Raised when all its workers are to be started again. */
  generation: number
  /** How long a job may go on before its worker is started again; then it goes to another. Milliseconds. */
  drainMs: number
}

export const WORKER_STATES = ['starting', 'idle', 'busy', 'draining', 'waiting'] as const

/** Who ended a worker. `somebody`: a signal that neither the kernel's limit nor the scanner explains. */
export const WORKER_ENDERS = ['kernel', 'scanner', 'somebody', 'itself'] as const

/** How a process of a worker ended. */
export interface WorkerEnding {
  at: Instant
  /** As a shell has it: 137 for SIGKILL, 143 for SIGTERM; null: it could not be started. */
  exitCode: number | null
  signal: string | null
  by: (typeof WORKER_ENDERS)[number]
  /** One sentence without a full stop. */
  says: string
}

/** A worker as its host tells of it. */
export interface WorkerView {
  /** `large-images-2`: the same through restarts. */
  name: string
  pool: string
  host: string
  pid: number | null
  /** `waiting`: it crashed too often, and is started again a little later. */
  state: (typeof WORKER_STATES)[number]
  job: string | null
  /** What keeps the limit: `cgroup v2`; null: nothing does, and what it has resident is watched. */
  enforcedBy: string | null
  limitBytes: number
  /** In use, without page cache that can be dropped; null: not known. */
  usageBytes: number | null
  /** The most of that since it was started, as far as anybody looked. */
  peakBytes: number | null
  restarts: number
  /** Of the process before this one; null: this is the first. */
  lastEnd: WorkerEnding | null
  seenAt: Instant
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogLine {
  at: Instant
  level: LogLevel
  pool: string | null
  worker: string | null
  job: string | null
  says: string
}

/** A change of a setting; it can be taken back. */
export interface SettingChange {
  id: number
  key: string
  /** As it is written; null: unset. */
  from: string | null
  to: string | null
  at: Instant
  by: string
}

/** What became of scans. */
export interface ScanFigures {
  done: number
  /** Of them, those that could read all there is. */
  complete: number
  /** In all SBOMs together. */
  packages: number
  /** How the last attempt ended of those that failed; the most frequent first. */
  failed: readonly { reason: string; count: number }[]
  /** Of the attempt that was done; null: none was. */
  medianMs: number | null
  p95Ms: number | null
}

/** An image that may not be released. */
export interface Gate {
  image: string
  /** `scan-oom`, `scan-timeout`, `scan-failed`, `scan-partial`. */
  reason: string
  job: string
  since: Instant
}

/** Whether an image may be released. */
export interface GateState {
  image: string
  /** `unknown`: no scan of it is known. */
  state: 'open' | 'blocked' | 'unknown'
  /** Of one that is blocked. */
  reason: string | null
  /** What blocked or opened it, and when; null: nothing is known. */
  job: string | null
  since: Instant | null
}

/** Why a worker was started again. */
export const RESTART_REASONS = ['oom', 'crash', 'timeout', 'manual', 'config'] as const
export type RestartReason = (typeof RESTART_REASONS)[number]
