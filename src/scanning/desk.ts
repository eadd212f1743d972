/** Everything that can be asked of the scanner: of a store at hand, or of a server. */
import type {
  Gate,
  GateState,
  Job,
  JobRequest,
  JobState,
  LogLevel,
  Pool,
  RestartReason,
  ScanFigures,
  SettingChange,
  WorkerView,
} from '../model/scan-job.ts'
import type { NumberedMemory, ScannedLayer } from '../model/scan-profile.ts'
import type { Instant } from '../model/time.ts'
import type { ImageLimits } from './limits.ts'
import type { KeptFigures } from '../store/scanner/retention.ts'

export interface ScannerDesk {
  status(): Promise<ScannerStatus>

  /** @throws StellaError (usage) where it is no image; one that cannot be reached now is taken all the same */
  submit(request: JobRequest, by: string): Promise<Job>
  /** Newest first. */
  jobs(query: JobsAsked): Promise<{ jobs: readonly Job[]; next: string | null }>
  /** By its id, or the beginning of it where that names one alone; null: there is none. */
  job(id: string): Promise<Job | null>
  /** @throws StellaError (unreachable) where there is none, (usage) where it has ended */
  cancel(id: string): Promise<Job>
  /** @throws StellaError (unreachable) where there is none, (usage) where it has not ended */
  retry(id: string): Promise<Job>
  /** The SBOM of a job that is done: CycloneDX, not packed. Null: there is none. */
  document(id: string): Promise<AsyncIterable<Uint8Array> | null>
  /** Of jobs that ended since; without it, of all that are kept. */
  figures(query: { since?: Instant | undefined }): Promise<ScanFigures>
  /** Of its attempts, the first one first; those of which nothing is known are left out. Null: there is no such job. */
  memory(id: string): Promise<readonly NumberedMemory[] | null>
  /** Of a job that is done, lowest first. Null: there is no such job. */
  layers(id: string): Promise<readonly ScannedLayer[] | null>
  /** Images that may not be released, the latest first. */
  gates(): Promise<readonly Gate[]>
  /** By the name that was scanned. */
  gate(image: string): Promise<GateState>

  /** All, as they hold now. */
  settings(): Promise<readonly HeldSetting[]>
  /** Null takes it away. @throws StellaError (usage) where the key or the value is none */
  set(key: string, text: string | null, by: string): Promise<SettingSet>
  /** Newest first. */
  history(query: { limit: number; key?: string | undefined }): Promise<readonly SettingChange[]>
  /** Takes a change back; gives the change that did it. @throws StellaError (unreachable) where there is none */
  rollback(change: number, by: string): Promise<SettingChange>

  /** Which images go where as it is set now, and what happens to those that are too large. */
  limits(): Promise<ImageLimits>
  pools(): Promise<readonly Pool[]>
  /** Of all hosts that tell of themselves. */
  workers(): Promise<readonly WorkerView[]>
  /** Makes the pool where there is none. @throws StellaError (usage) where the host has no such memory */
  addWorkers(wanted: WorkersWanted): Promise<PoolChanged>
  /** @throws StellaError (usage) where there is no such pool, the host has no such memory, or jobs would wait for ever */
  setWorkers(wanted: PoolWanted): Promise<PoolChanged>
  /** @throws StellaError (usage) where jobs of the pool would wait for ever */
  removeWorkers(wanted: {
    pool: string
    count: number
    evenIfJobsWait: boolean
  }): Promise<PoolChanged>
  /** Of one pool, or of all; jobs go on for `drainMs`, and then to another worker. */
  restartWorkers(wanted: { pool: string | null; drainMs: number }): Promise<readonly Pool[]>
  restarts(): Promise<readonly { pool: string; reason: RestartReason; count: number }[]>

  /** The newest that fit, oldest first. */
  logs(query: LogsAsked): Promise<readonly LogRow[]>
}

export interface JobsAsked {
  /** At most 1,000. */
  limit: number
  after?: string | undefined
  states?: readonly JobState[] | undefined
  /** A part of the name of the image. */
  image?: string | undefined
  since?: Instant | undefined
}

export interface LogsAsked {
  limit: number
  filter?: string | undefined
  level?: LogLevel | undefined
  since?: Instant | undefined
  /** Lines behind this one: its `id`. */
  after?: number | undefined
  job?: string | undefined
}

export interface LogRow {
  id: number
  at: Instant
  level: LogLevel
  pool: string | null
  worker: string | null
  job: string | null
  says: string
}

export interface HeldSetting {
  key: string
  /** As it is written; null: unset. */
  value: string | null
  /** Nobody set it. */
  isUsual: boolean
  brief: string
  /** In units that programs compute with: `{ bytes: 8589934592 }`. */
  told: Readonly<Record<string, number | boolean>>
}

/** A setting that was just set. */
export interface SettingSet extends HeldSetting {
  /** What takes it back: its number in the history; null: nothing is different. */
  change: number | null
}

export interface WorkersWanted {
  pool: string
  count: number
  /** As it is written; null: as the pool has it, or `worker.memory_limit`. */
  memory: string | null
}

/** What a pool is to be; null: it stays as it is. */
export interface PoolWanted {
  pool: string
  count: number | null
  /** As it is written; `default`: that of `worker.memory_limit`. */
  memory: string | null
  evenIfJobsWait: boolean
}

export interface PoolChanged {
  pool: Pool
  /** What else there is to know, one sentence each. */
  notes: readonly string[]
}

export interface ScannerStatus {
  /** `degraded` says why in `notes`. */
  state: 'ready' | 'degraded' | 'stopped'
  /** One sentence each. */
  notes: readonly string[]
  workers: { total: number; busy: number; idle: number }
  jobs: Readonly<Partial<Record<JobState, number>>>
  /** Jobs that wait, by pool, with the reason where one waits for more than its turn. */
  queues: readonly { pool: string; depth: number; workers: number; waitsFor: string | null }[]
  kept: KeptFigures
}
