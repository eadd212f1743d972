/** What the doctor sees of a scanner, as a test makes it up. */
import type { Attempt, Job, JobState } from '../../src/model/scan-job.ts'
import { GIB } from '../../src/model/bytes.ts'
import type { Judgement, Problem, ScannerCheck } from '../../src/doctor/check.ts'
import type { ScannerView } from '../../src/doctor/scanner/view.ts'
import { newPool } from '../../src/store/scanner/pools.ts'
import { NOW } from './command-line.ts'
import { testWorker } from './scanner.ts'

export const MINUTE_MS = 60_000

/** A scanner with one idle worker and nothing to do. */
export function testView(change: Partial<ScannerView> = {}): ScannerView {
  return {
    name: 'http://127.0.0.1:8137/',
    at: NOW,
    pools: [newPool('default', 1)],
    workers: [testWorker()],
    set: new Map(),
    queues: [],
    jobs: [],
    isCut: false,
    idleEnds: [],
    ...change,
  }
}

export function testAttempt(change: Partial<Attempt> = {}): Attempt {
  return {
    number: 1,
    pool: 'default',
    host: 'one',
    worker: 'default-1',
    mode: 'streaming',
    limitBytes: 4 * GIB,
    startedAt: NOW - 2 * MINUTE_MS,
    endedAt: NOW - MINUTE_MS,
    outcome: 'done',
    says: null,
    peakBytes: GIB,
    caseId: null,
    ...change,
  }
}

let count = 0

export function testJob(state: JobState, change: Partial<Job> = {}): Job {
  const id = `${String(++count).padStart(8, '0')}-0000-4000-8000-000000000000`
  const isOver = !['queued', 'running'].includes(state)
  return {
    id,
    image: `registry:shop:${count}`,
    platform: null,
    priority: 0,
    timeoutMs: null,
    readsAgain: false,
    state,
    pool: 'default',
    mode: 'streaming',
    sizeBytes: GIB / 4,
    note: null,
    createdAt: NOW - 3 * MINUTE_MS,
    createdBy: 'a test',
    startedAt: null,
    endedAt: isOver ? NOW - MINUTE_MS : null,
    attempts: [],
    forgotten: 0,
    result:
      state === 'done'
        ? { packages: 7, problems: 0, digest: 'sha256:ab', bytes: 1, hasDocument: true }
        : null,
    ...change,
  }
}

export function jobs(number: number, make: () => Job): Job[] {
  return Array.from({ length: number }, make)
}

/** What a check says of it. */
export function judge(
  check: ScannerCheck,
  change: Partial<ScannerView>,
): Extract<Judgement, { kind: 'judged' }> {
  const judgement = check.judge(testView(change))
  if (judgement.kind !== 'judged') throw new Error(judgement.says)
  return judgement
}

/** The worst that a check says of it. */
export function statusOf(
  check: ScannerCheck,
  change: Partial<ScannerView>,
): Problem['status'] | 'pass' {
  const found = new Set(judge(check, change).problems.map(({ status }) => status))
  return found.has('fail') ? 'fail' : found.has('warn') ? 'warn' : 'pass'
}
