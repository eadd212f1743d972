/**
 * What the queue of the scanner costs: a job without its scan, and looking at a long line, on the embedded database and on a
 * PostgreSQL server: `node bench/scanner/queue.ts [JOBS THAT WAIT] [ROUNDS]`. Medians; the bars: 10 ms for a job on a server,
 * and 200 ms for each look at 100,000 jobs.
 */
import { randomBytes } from 'node:crypto'
import { afterGone } from '../../src/scanning/retry.ts'
import type { Database } from '../../src/store/database/types.ts'
import type { NewJob } from '../../src/store/scanner/job-types.ts'
import type { ScannerStore } from '../../src/store/scanner/open.ts'
import type { Engine } from '../../test/support/databases.ts'
import { machineLine } from '../scan/machine.ts'
import { ENGINES } from './engines.ts'

const [waiting = 100_000, rounds = 200] = process.argv.slice(2).map(Number)
const JOB_MS = 10
const LOOK_MS = 200
const LOOKS = Math.max(3, Math.min(15, rounds))
const LARGE = 'large-images'
const FILLER = 'one of many'
const AT = Date.UTC(2026, 0, 1)
/** A packed SBOM of some hundred packages. */
const DOCUMENT = randomBytes(20_000)
const RESULT = { packages: 300, problems: 0, digest: `sha256:${'0'.repeat(64)}`, bytes: 200_000 }

const JOB: NewJob = {
  image: 'registry:localhost/shop/web:1',
  platform: null,
  priority: 0,
  timeoutMs: null,
  readsAgain: false,
  pool: 'default',
  mode: 'whole',
  note: null,
  sizeBytes: 1_000_000,
  createdAt: AT,
  createdBy: 'the bench',
}

process.stdout.write(`${machineLine()}\n`)
for (const [name, start, isMissing] of ENGINES) {
  if (isMissing === null) await measure(name, await start())
  else process.stdout.write(`${name}: ${isMissing}\n`)
}

async function measure(name: string, engine: Engine): Promise<void> {
  try {
    await withStore(engine, (store) => measureJobs(name, 'nothing else waits', store))
    const one = await withStore(engine, async ({ jobs }) => {
      // There is a line of each pool then.
      await jobs.submit({ ...JOB, pool: LARGE })
      return jobs.submit(JOB)
    })
    await engine.execute(manyLike(one.id))
    await withStore(engine, async (store) => {
      await measureLooks(name, store)
      await measureJobs(name, `${waiting} wait`, store)
    })
  } finally {
    await engine.end()
  }
}

async function withStore<T>(engine: Engine, act: (store: ScannerStore) => Promise<T>): Promise<T> {
  const database: Database = await engine.open()
  try {
    const onTrouble = (says: string): void => void process.stderr.write(`${says}\n`)
    return await act(await database.scanner({ isSupervising: false, onTrouble }))
  } finally {
    await database.close()
  }
}

/** From the request to the result, without the scan. */
async function measureJobs(name: string, line: string, { jobs }: ScannerStore): Promise<void> {
  const took: Record<'submit' | 'take' | 'done', number[]> = { submit: [], take: [], done: [] }
  const all: number[] = []
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now()
    await jobs.submit({ ...JOB, createdAt: AT + round })
    const submitted = performance.now()
    const by = { host: 'here', worker: 'default-1', limitBytes: null, startedAt: AT, afterGone }
    const taken = await jobs.take('default', by)
    if (taken === null) throw new Error('no job was there')
    const had = performance.now()
    const end = { outcome: 'done', says: null, peakBytes: 1, caseId: null, endedAt: AT } as const
    const scanned = { result: RESULT, layers: [], document: documentOf() }
    await jobs.done(taken, { ...end, memory: null }, scanned)
    const ended = performance.now()
    took.submit.push(submitted - begun)
    took.take.push(had - submitted)
    took.done.push(ended - had)
    all.push(ended - begun)
  }
  const parts = Object.entries(took).map(([part, times]) => `${part} ${shown(middle(times))}`)
  const job = name === 'PostgreSQL' ? judged(middle(all), JOB_MS) : shown(middle(all))
  process.stdout.write(
    `${name}, ${line}: ${parts.join(' + ')}; a job ${job}, nine in ten within ${shown(tenth(all))}\n`,
  )
}

async function* documentOf(): AsyncGenerator<Uint8Array> {
  yield DOCUMENT
}

async function measureLooks(name: string, { jobs }: ScannerStore): Promise<void> {
  const first = await jobs.list({ limit: 100 })
  const place = first.next ?? undefined
  const id = first.jobs.at(-1)?.id ?? ''
  const looks: Readonly<Record<string, () => Promise<unknown>>> = {
    'the first 100': () => jobs.list({ limit: 100 }),
    'the next 100': () => jobs.list({ limit: 100, after: place }),
    '100 that wait': () => jobs.list({ limit: 100, states: ['queued'] }),
    'those that failed (none)': () => jobs.list({ limit: 100, states: ['failed', 'timeout'] }),
    '100 of an image': () => jobs.list({ limit: 100, image: 'web-77' }),
    'those of no image': () => jobs.list({ limit: 100, image: 'nothing' }),
    '100 since the middle': () => jobs.list({ limit: 100, since: AT + (waiting / 2) * 1_000 }),
    'those since later (none)': () => jobs.list({ limit: 100, since: AT + 1e12 }),
    'failed ones of no image since the middle': () =>
      jobs.list({ limit: 100, states: ['failed'], image: 'nothing', since: AT + waiting * 500 }),
    'one by its id': () => jobs.find(id),
    'one by the beginning of its id': () => jobs.find(id.slice(0, 8)),
    'counts()': () => jobs.counts(),
    'depths()': () => jobs.depths(),
  }
  for (const [what, look] of Object.entries(looks)) {
    const times: number[] = []
    for (let at = 0; at < LOOKS; at++) {
      const begun = performance.now()
      await look()
      times.push(performance.now() - begun)
    }
    process.stdout.write(`${name}, ${waiting} wait: ${what} ${judged(middle(times), LOOK_MS)}\n`)
  }
}

/** As many jobs as are to wait, each with its message, like one that was asked for. */
function manyLike(id: string): string {
  return `
    insert into scanner_jobs select copy.*
      from scanner_jobs job, generate_series(1, ${waiting - 2}) n,
        jsonb_populate_record(null::scanner_jobs, to_jsonb(job) || jsonb_build_object(
          'id', gen_random_uuid(), 'message_id', gen_random_uuid(),
          'image', 'registry:localhost/shop/web-' || n % 1000 || ':' || n,
          'pool', case when n % 10 = 0 then '${LARGE}' else 'default' end,
          'created_by', '${FILLER}', 'created_at', job.created_at + n * interval '1 second')) copy
      where job.id = '${id}';
    with message as materialized (select * from scanner_queue.job where data->>'job' = '${id}')
    insert into scanner_queue.job select copy.*
      from message, scanner_jobs job,
        jsonb_populate_record(null::scanner_queue.job, to_jsonb(message) || jsonb_build_object(
          'id', job.message_id, 'name', 'scan.' || job.pool,
          'data', jsonb_build_object('job', job.id))) copy
      where job.created_by = '${FILLER}';`
}

function middle(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN
}

/** Nine in ten are below. */
function tenth(times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.floor(times.length * 0.9)] ?? Number.NaN
}

function shown(ms: number): string {
  return `${ms.toFixed(1)} ms`
}

function judged(ms: number, bar: number): string {
  return `${shown(ms)} (bar ${bar} ms: ${ms <= bar ? 'met' : 'not met'})`
}
