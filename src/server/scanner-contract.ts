/**
 * What the scanner answers on the API. Each schema reads and writes: times are texts outside and instants inside, and everything else is the
 * same on both sides, so that a server and whoever asks it share one description.
 */
import * as z from 'zod/mini'
import {
  JOB_STATES,
  LOG_LEVELS,
  OUTCOMES,
  RESTART_REASONS,
  SCAN_MODES,
  WORKER_ENDERS,
  WORKER_STATES,
} from '../model/scan-job.ts'
import { Layers, Memory } from '../store/scanner/profile-shapes.ts'
import { answerKind } from './answer.ts'
import { time } from './time-codec.ts'

const text = z.string()
const textOrNull = z.nullable(text)
const numberOrNull = z.nullable(z.number())

const timeOrNull = z.nullable(time)

const list = <Item extends z.ZodMiniType>(item: Item) => z.readonly(z.array(item))

const Attempt = z.object({
  number: z.number(),
  pool: text,
  host: text,
  worker: text,
  mode: z.enum(SCAN_MODES),
  limitBytes: numberOrNull,
  startedAt: time,
  endedAt: timeOrNull,
  outcome: z.nullable(z.enum(OUTCOMES)),
  says: textOrNull,
  peakBytes: numberOrNull,
  caseId: textOrNull,
})

const Job = z.object({
  id: text,
  image: text,
  platform: textOrNull,
  priority: z.number(),
  timeoutMs: numberOrNull,
  readsAgain: z.boolean(),
  state: z.enum(JOB_STATES),
  pool: text,
  mode: z.enum(SCAN_MODES),
  sizeBytes: numberOrNull,
  note: textOrNull,
  createdAt: time,
  createdBy: text,
  startedAt: timeOrNull,
  endedAt: timeOrNull,
  attempts: list(Attempt),
  forgotten: z.number(),
  result: z.nullable(
    z.object({
      packages: z.number(),
      problems: z.number(),
      digest: text,
      bytes: z.number(),
      hasDocument: z.boolean(),
    }),
  ),
})

/** One job of the scanner, with its attempts. */
export const JobAnswer = answerKind('stella.scanner-job/1', Job.shape)

/** The memory of the worker during each attempt at a job. */
export const MemoryAnswer = answerKind('stella.scanner-memory/1', {
  attempts: list(z.extend(Memory, { attempt: z.number() })),
})

/** The layers that a job has read. */
export const LayersAnswer = answerKind('stella.scanner-layers/1', { layers: Layers })

/** Jobs of the scanner, the newest first. */
export const JobsAnswer = answerKind('stella.scanner-jobs/1', {
  jobs: list(Job),
  /** Where the next page begins: the `after` of its query; null: this is the last. */
  next: textOrNull,
})

/** How the scanner is: workers, jobs, and what waits. */
export const StatusAnswer = answerKind('stella.scanner-status/1', {
  state: z.enum(['ready', 'degraded', 'stopped']),
  notes: list(text),
  workers: z.object({ total: z.number(), busy: z.number(), idle: z.number() }),
  jobs: z.partialRecord(z.enum(JOB_STATES), z.number()),
  queues: list(
    z.object({ pool: text, depth: z.number(), workers: z.number(), waitsFor: textOrNull }),
  ),
  kept: z.object({
    jobs: z.number(),
    oldestJob: timeOrNull,
    documents: z.number(),
    documentBytes: z.number(),
    oldestLine: timeOrNull,
  }),
})

/** How many scans ended how, as the API has it. */
export const FiguresAnswer = answerKind('stella.scanner-figures/1', {
  done: z.number(),
  complete: z.number(),
  packages: z.number(),
  failed: list(z.object({ reason: text, count: z.number() })),
  medianMs: numberOrNull,
  p95Ms: numberOrNull,
})
export type ScannerStatusContent = z.output<(typeof StatusAnswer)['content']>

/** Images that a gate holds back. */
export const GatesAnswer = answerKind('stella.scanner-gates/1', {
  gates: list(z.object({ image: text, reason: text, job: text, since: time })),
})

/** What the scanner can take: images, layers, documents. */
export const LimitsAnswer = answerKind('stella.scanner-limits/1', {
  sizes: list(z.object({ from: z.number(), below: numberOrNull, pool: text, isHeld: z.boolean() })),
  pools: list(z.object({ name: text, count: z.number(), bytes: z.number() })),
  largePool: textOrNull,
  timeoutMs: z.number(),
  attempts: z.number(),
  layers: z.number(),
  documentBytes: z.number(),
  files: z.number(),
  fileBytes: z.number(),
})

/** Whether an image may be deployed, by its last scan. */
export const GateAnswer = answerKind('stella.scanner-gate/1', {
  image: text,
  state: z.enum(['open', 'blocked', 'unknown']),
  reason: textOrNull,
  job: textOrNull,
  since: timeOrNull,
})

const Setting = z.object({
  key: text,
  value: textOrNull,
  isUsual: z.boolean(),
  brief: text,
  told: z.record(text, z.union([z.number(), z.boolean()])),
})

/** One setting of the scanner. */
export const SettingAnswer = answerKind('stella.scanner-setting/1', {
  ...Setting.shape,
  change: numberOrNull,
})

/** All settings of the scanner, as the API has them. */
export const SettingsAnswer = answerKind('stella.scanner-held-settings/1', {
  settings: list(Setting),
})

const Change = z.object({
  id: z.number(),
  key: text,
  from: textOrNull,
  to: textOrNull,
  at: time,
  by: text,
})

/** One change of a setting of the scanner. */
export const ChangeAnswer = answerKind('stella.scanner-change/1', Change.shape)

/** What `stella scanner config history --json` prints, and the API answers: changes of settings. */
export const ChangesAnswer = answerKind('stella.scanner-changes/1', {
  changes: list(Change),
})

const Pool = z.object({
  name: text,
  memory: textOrNull,
  count: z.number(),
  generation: z.number(),
  drainMs: z.number(),
})

/** The pools of workers. */
export const PoolsAnswer = answerKind('stella.scanner-pools/1', {
  pools: list(Pool),
})

/** One pool of workers. */
export const PoolAnswer = answerKind('stella.scanner-pool/1', {
  pool: Pool,
  notes: list(text),
})

/** The workers of the scanner. */
export const WorkersAnswer = answerKind('stella.scanner-workers/1', {
  workers: list(
    z.object({
      name: text,
      pool: text,
      host: text,
      pid: numberOrNull,
      state: z.enum(WORKER_STATES),
      job: textOrNull,
      enforcedBy: textOrNull,
      limitBytes: z.number(),
      usageBytes: numberOrNull,
      peakBytes: numberOrNull,
      restarts: z.number(),
      lastEnd: z.nullable(
        z.object({
          at: time,
          exitCode: numberOrNull,
          signal: textOrNull,
          by: z.enum(WORKER_ENDERS),
          says: text,
        }),
      ),
      seenAt: time,
    }),
  ),
})

/** How often workers were started again, and why. */
export const RestartsAnswer = answerKind('stella.scanner-restarts/1', {
  restarts: list(z.object({ pool: text, reason: z.enum(RESTART_REASONS), count: z.number() })),
})

/** Lines of the scanner's log: what `stella scanner logs --json` prints, and the API answers. */
export const LogsAnswer = answerKind('stella.scanner-logs/1', {
  lines: list(
    z.object({
      id: z.number(),
      at: time,
      level: z.enum(LOG_LEVELS),
      pool: textOrNull,
      worker: textOrNull,
      job: textOrNull,
      says: text,
    }),
  ),
})
