/** The scanner in /metrics, with real workers that really die. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { JOB_STATES, RESTART_REASONS } from '../../src/model/scan-job.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import type { Scanner } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { run, testbedFolder, until } from '../support/testbed.ts'

const LIMIT = 128 * MIB
const WORKER = '{pool="default",worker="default-1"}'

let images = ''
let large = ''
let small = ''
let slowest = ''
let data = ''
let serving: Serving | null = null

beforeAll(async () => {
  images = mkdtempSync(join(testbedFolder('scanner-metrics'), 'images-'))
  large = await largeImage(images, 200)
  small = await largeImage(images, 2)
  slowest = await largeImage(images, 500)
})
afterAll(() => rmSync(images, { recursive: true, force: true }))
beforeEach(() => {
  data = mkdtempSync(join(testbedFolder('scanner-metrics'), 'data-'))
})
afterEach(async () => {
  await serving?.kill()
  rmSync(data, { recursive: true, force: true })
})

async function begin(): Promise<Scanner> {
  serving = await startServing(data)
  return scannerOf(serving)
}

async function text(): Promise<string> {
  return (await serving?.get('/metrics'))?.text() ?? ''
}

/** Series of the scanner, with their values. */
async function scrape(): Promise<Map<string, number>> {
  const lines = (await text()).split('\n').filter((line) => line.startsWith('scanner_'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

function restarts(series: ReadonlyMap<string, number>): (number | undefined)[] {
  return RESTART_REASONS.map((reason) =>
    series.get(`scanner_worker_restarts_total{pool="default",reason="${reason}"}`),
  )
}

/** With another limit than before. */
const RESTARTED_FOR_A_SETTING = RESTART_REASONS.map((reason) => (reason === 'config' ? 1 : 0))

/** Layers are taken into memory, and there is little of it. */
async function withLittle(scanner: Scanner): Promise<void> {
  await scanner.set('sbom.streaming_threshold', '8Gi')
  await scanner.set('worker.memory_limit', '128Mi')
  await scanner.restart()
}

describe.skipIf(requireParts('root', 'kmsg', 'prometheus'))('the scanner in /metrics', () => {
  it('is not begun by a scrape, and has its counters at 0 before', async () => {
    await begin()
    const series = await scrape()
    await pause(1_500)
    expect(await scrape()).toEqual(series)
    expect(restarts(series)).toEqual(RESTART_REASONS.map(() => 0))
    expect(JOB_STATES.map((state) => series.get(`scanner_jobs{state="${state}"}`))).toEqual(
      JOB_STATES.map(() => 0),
    )
    expect(series.get('scanner_queue_depth{pool="default"}')).toBe(0)
    expect([...series.keys()].filter((name) => name.includes('_memory_'))).toEqual([])
    expect(run(['promtool', 'check', 'metrics'], { input: await text() })).toBe('')
  })

  it('counts a worker that its memory limit killed exactly once, also through the next server', async () => {
    await roomForReports()
    const scanner = await begin()
    await withLittle(scanner)
    const before = await scrape()
    expect(restarts(before)).toEqual(RESTARTED_FOR_A_SETTING)
    expect(before.get(`scanner_worker_memory_limit_bytes${WORKER}`)).toBe(LIMIT)

    const [job] = await scanner.ended([await scanner.submit(large)])
    expect(job?.attempts.map(({ outcome }) => outcome)).toEqual(['oom', 'done'])
    const killed = RESTARTED_FOR_A_SETTING.with(RESTART_REASONS.indexOf('oom'), 1)
    const after = await scrape()
    expect(restarts(after)).toEqual(killed)
    expect(after.get('scanner_jobs{state="done"}')).toBe(1)
    // It was tried again, and went well.
    expect(after.get('scanner_sbom_generation_failures_total')).toBe(0)
    expect(after.get('scanner_layer_cache_misses_total')).toBe(1)
    expect(run(['promtool', 'check', 'metrics'], { input: await text() })).toBe('')

    await serving?.kill()
    await begin()
    const next = await scrape()
    expect(restarts(next)).toEqual(killed)
    expect(next.get('scanner_layer_cache_misses_total')).toBe(1)
  })

  it('counts layers that were known, jobs that failed, and what waits', async () => {
    const scanner = await begin()
    const wanted = { image: small, platform: null, priority: 0, timeoutMs: null, readsAgain: false }
    for (let times = 0; times < 3; times++) {
      await scanner.ended([(await scanner.desk.submit(wanted, 'a test')).id])
    }
    const known = await scrape()
    expect(known.get('scanner_layer_cache_misses_total')).toBe(1)
    expect(known.get('scanner_layer_cache_hits_total')).toBe(2)

    await scanner.set('jobs.max_attempts', '1')
    await withLittle(scanner)
    await scanner.ended([await scanner.submit(large)])
    const slow = { ...wanted, image: slowest, timeoutMs: 1_000, readsAgain: true }
    await scanner.set('worker.memory_limit', '1Gi')
    await scanner.restart()
    const [late] = await scanner.ended([(await scanner.desk.submit(slow, 'a test')).id])
    expect(late?.state).toBe('timeout')
    await scanner.desk.removeWorkers({ pool: 'default', count: 1, evenIfJobsWait: true })
    await scanner.desk.submit(wanted, 'a test')
    const series = await until('no worker is left', async () => {
      const now = await scrape()
      return !now.has(`scanner_worker_memory_limit_bytes${WORKER}`) && now
    })
    expect(series.get('scanner_sbom_generation_failures_total')).toBe(2)
    expect(series.get('scanner_scan_timeout_total')).toBe(1)
    expect(series.get('scanner_jobs{state="failed"}')).toBe(1)
    expect(series.get('scanner_jobs{state="timeout"}')).toBe(1)
    expect(series.get('scanner_queue_depth{pool="default"}')).toBe(1)
    expect(series.get('scanner_jobs_pending')).toBe(1)
  })

  it('tells of a worker what it has in use without the page cache that can go', async () => {
    const scanner = await begin()
    const [worker] = await until('a worker is idle', async () => {
      const workers = await scanner.desk.workers()
      return workers.some(({ state }) => state === 'idle') && workers
    })
    const usage = (await scrape()).get(`scanner_worker_memory_usage_bytes${WORKER}`) ?? 0
    const resident = Number(
      /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${worker?.pid}/status`, 'utf8'))?.[1],
    )
    expect(usage / (resident * 1024)).toBeGreaterThan(0.8)
    expect(usage / (resident * 1024)).toBeLessThan(1.6)
  })
})
