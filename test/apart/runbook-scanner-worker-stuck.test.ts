/** The runbook of workers that are stuck, on one that really hangs while others wait behind it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { book } from '../support/book-runs.ts'
import type { Book } from '../support/book-runs.ts'
import { requireParts } from '../support/parts.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import type { Scanner } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { until } from '../support/testbed.ts'

/** A line that is longer is a problem. */
const LONG = 101

let data = ''
let serving: Serving
let scanner: Scanner
let job = ''

const stuck = (): Book => book('scanner-worker-stuck', { job }, { STELLA_DATA: data })
const restarts = async (): Promise<number> =>
  (await scanner.desk.restarts())
    .filter(({ reason }) => reason === 'manual')
    .reduce((sum, { count }) => sum + count, 0)

describe.skipIf(requireParts('root', 'cgroup-v1'))('the runbook scanner-worker-stuck', () => {
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'stella-test-worker-stuck-'))
    const image = await largeImage(data, 1)
    serving = await startServing(data)
    scanner = scannerOf(serving)
    const pid = await until('a worker is idle', async () => {
      const [worker] = await scanner.desk.workers()
      return worker?.state === 'idle' && worker.pid
    })
    process.kill(pid, 'SIGSTOP')
    job = await scanner.submit(image)
    await until('it has the job', async () => (await scanner.desk.job(job))?.state === 'running')
    for (let count = 0; count < LONG; count++) await scanner.submit(image)
  })
  afterAll(async () => {
    await serving.stop()
    rmSync(data, { recursive: true, force: true })
  })

  it('sees that jobs wait behind a job that does not end, and changes nothing by itself', async () => {
    const before = await restarts()
    const looked = await stuck().start()
    expect(looked.states, looked.told).toMatchObject({
      status: 'problem',
      queue: 'problem',
      restart: 'waits',
    })
    expect(looked.code).toBe(4)
    expect(await restarts()).toBe(before)
  })

  it('begins the worker again: the job goes to it, and the line gets shorter', async () => {
    const looked = await stuck().start()
    const mended = await stuck().approve(looked, '--step', 'restart')
    expect(mended.states, mended.told).toMatchObject({
      restart: 'ok',
      cancel: 'skipped',
      add: 'skipped',
      ready: 'ok',
      shorter: 'ok',
      holds: 'ok',
    })
    expect([mended.verdict, mended.code]).toEqual(['resolved', 0])
  })

  it('finds nothing when the line is empty, and leaves the workers alone', async () => {
    await scanner.ended([job])
    const before = await restarts()
    const well = await stuck().start()
    expect(well.states, well.told).toMatchObject({ status: 'ok', queue: 'ok' })
    expect([well.verdict, well.code]).toEqual(['well', 0])
    expect(await restarts()).toBe(before)
  })
})
