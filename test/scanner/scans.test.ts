/** The scanner of `stella serve`, with real workers that have real limits and really die. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../src/model/bytes.ts'
import { digestOf } from '../support/image-files.ts'
import { layerTar } from '../support/layer-tar.ts'
import { written } from '../support/opened.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { imageOf, layout } from '../support/scanned-image.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import type { Scanner } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { until } from '../support/testbed.ts'

const PACKAGE = {
  path: 'a/package.json',
  kind: 'file',
  text: '{"name":"a","version":"1.0.0"}',
} as const

let images = ''
let large = ''
let small = ''
let data = ''
let serving: Serving | null = null

beforeAll(async () => {
  images = mkdtempSync(join(tmpdir(), 'stella-test-scanner-images-'))
  large = await largeImage(images, 200)
  small = await largeImage(images, 2)
})
afterAll(() => rmSync(images, { recursive: true, force: true }))
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'stella-test-scanner-'))
})
afterEach(async () => {
  await serving?.kill()
  rmSync(data, { recursive: true, force: true })
})

async function begin(): Promise<Scanner> {
  serving = await startServing(data)
  return scannerOf(serving)
}

/** Layers are taken into memory, and there is little of it. */
async function beginWithLittle(): Promise<Scanner> {
  const scanner = await begin()
  await scanner.set('sbom.streaming_threshold', '8Gi')
  await scanner.set('worker.memory_limit', '144Mi')
  await scanner.restart()
  return scanner
}

/** What `stella scan image` writes of it, without any worker. */
async function scanned(image: string): Promise<string> {
  const { out, code, err } = await runStella([
    'scan',
    'image',
    image,
    '--format',
    'cyclonedx',
    '--data',
    data,
    '--retry',
    '--here',
  ])
  if (code !== 0) throw new Error(err)
  return out
}

/** A worker may have ended between being asked for and being killed. */
function killUnlessEnded(pid: number | null): void {
  try {
    if (pid !== null) process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function memoryLimitOf(pid: number): number {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
  const path = /^\d+:[^:]*\bmemory\b[^:]*:(.*)$/m.exec(groups)?.[1] ?? ''
  return Number(readFileSync(`/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`, 'utf8'))
}

describe.skipIf(requireParts('root', 'cgroup-v1', 'kmsg'))('the scanner of a server', () => {
  it('explains a worker that ran out of memory, and scans the image with less', async () => {
    await roomForReports()
    const scanner = await beginWithLittle()
    const id = await scanner.submit(large)
    const [job] = await scanner.ended([id])
    expect(job?.attempts.map(({ mode, outcome }) => [mode, outcome])).toEqual([
      ['whole', 'oom'],
      ['lean', 'done'],
    ])
    expect(job?.attempts[0]?.says).toContain('at its limit of 144 MiB')
    expect(await scanner.document(id)).toBe(await scanned(large))
    const caseId = job?.attempts[0]?.caseId ?? ''
    const kept = await serving?.json(`api/cases/${caseId}`)
    expect(kept).toMatchObject({
      verdict: { code: 'oom-own-limit' },
      case: { verdict: { summary: expect.stringContaining('144 MiB') } },
    })
    expect(await scanner.desk.restarts()).toContainEqual({
      pool: 'default',
      reason: 'oom',
      count: 1,
    })
    const lines = await scanner.desk.logs({ limit: 10, filter: 'OUT OF MEMORY', level: 'warn' })
    expect(lines.map(({ job: of }) => of)).toEqual([id])
  })

  it('blocks an image that does not fit, goes on with others, and frees it after the fix', async () => {
    const scanner = await beginWithLittle()
    await scanner.set('jobs.max_attempts', '1')
    const ids = [await scanner.submit(large), await scanner.submit(small)]
    const [failed, done] = await scanner.ended(ids)
    expect(done?.state).toBe('done')
    expect(failed?.state).toBe('failed')
    expect(failed?.note).toMatch(
      /out of memory.*more than 144 MiB: stella scanner config set worker\.memory_limit 288Mi/,
    )
    expect(await scanner.desk.gates()).toEqual([
      expect.objectContaining({ image: large, reason: 'scan-oom', job: ids[0] }),
    ])
    await scanner.set('worker.memory_limit', '1Gi')
    await scanner.restart()
    const [worker] = await scanner.desk.workers()
    expect(memoryLimitOf(worker?.pid ?? 0)).toBe(GIB)
    const again = await scanner.desk.retry(ids[0] ?? '')
    expect(again.id).toBe(ids[0])
    const [job] = await scanner.ended([again.id])
    expect(job?.state).toBe('done')
    expect(job?.attempts.map(({ number, mode, limitBytes }) => [number, mode, limitBytes])).toEqual(
      [
        [1, 'whole', 144 * MIB],
        [2, 'whole', GIB],
      ],
    )
    expect(await scanner.desk.gates()).toEqual([])
  })

  it('ends every job once and with the same SBOM, though workers and the server are killed', async () => {
    const scanner = await begin()
    await scanner.desk.addWorkers({ pool: 'default', count: 1, memory: null })
    const ids: string[] = []
    for (let at = 0; at < 10; at++) ids.push(await scanner.submit(at % 3 === 0 ? large : small))
    for (let kills = 0; kills < 3; kills++) {
      await pause(700)
      const busy = (await scanner.desk.workers()).find(({ job }) => job !== null)
      killUnlessEnded(busy?.pid ?? null)
    }
    await serving?.kill()
    const after = await begin()
    const jobs = await after.ended(ids, 90_000)
    const wanted = new Map([
      [large, await scanned(large)],
      [small, await scanned(small)],
    ])
    for (const job of jobs) {
      expect(job.state, job.note ?? '').toBe('done')
      expect(await after.document(job.id)).toBe(wanted.get(job.image))
    }
    expect((await after.desk.status()).jobs.done).toBe(ids.length)
  })

  it('gives a job to another worker when its own is started again, and that counts as no attempt', async () => {
    const scanner = await begin()
    await scanner.set('jobs.max_attempts', '1')
    const id = await scanner.submit(large)
    await until('it runs', async () => (await scanner.desk.job(id))?.state === 'running', 20_000)
    await scanner.desk.restartWorkers({ pool: null, drainMs: 0 })
    const [job] = await scanner.ended([id])
    expect(job?.state).toBe('done')
    expect(job?.attempts.at(-1)?.outcome).toBe('done')
  })

  it('fails a job whose image is not there, after as many attempts as are set', async () => {
    const scanner = await begin()
    await scanner.set('jobs.max_attempts', '2')
    const [job] = await scanner.ended([await scanner.submit('oci:/no/such/layout')])
    expect(job?.state).toBe('failed')
    expect(job?.attempts.map(({ outcome }) => outcome)).toEqual(['unreachable', 'unreachable'])
    expect(job?.note).toMatch(/\/no\/such\/layout.*no such file or folder.*after 2 attempts/)
  })

  it('ends what takes too long or is cancelled, and the pool goes on', async () => {
    const scanner = await begin()
    // A worker that hangs takes longer than any time.
    await scanner.restart()
    const [worker] = await scanner.desk.workers()
    if (!worker?.pid) throw new Error('the worker does not run')
    process.kill(worker.pid, 'SIGSTOP')
    const slow = { image: large, platform: null, priority: 0, timeoutMs: 1_000, readsAgain: true }
    const { id } = await scanner.desk.submit(slow, 'a test')
    const [unwanted, last] = [await scanner.submit(large), await scanner.submit(small)]
    await scanner.desk.cancel(unwanted)
    const jobs = await scanner.ended([id, unwanted, last])
    expect(jobs.map(({ state }) => state)).toEqual(['timeout', 'cancelled', 'done'])
    expect(jobs[0]?.note).toMatch(/took too long.*timeouts\.scan/)
    expect(await scanner.desk.gates()).toEqual([
      expect.objectContaining({ image: large, reason: 'scan-timeout' }),
    ])
  })

  it('scans a tiny image with the least that a worker may have', async () => {
    const scanner = await begin()
    const tiny = await largeImage(images, 1)
    await scanner.set('worker.memory_limit', '96Mi')
    await scanner.restart()
    const [job] = await scanner.ended([await scanner.submit(tiny)])
    expect(job).toMatchObject({ state: 'done', attempts: [{ limitBytes: 96 * MIB }] })
  })

  it('counts a restart for another limit as one of the settings', async () => {
    const scanner = await begin()
    await scanner.restart()
    await scanner.set('worker.memory_limit', '256Mi')
    await scanner.restart()
    const restarts = await scanner.desk.restarts()
    expect(restarts.map(({ reason, count }) => `${reason} ${count}`).toSorted()).toEqual([
      'config 1',
      'manual 1',
    ])
    const [worker] = await scanner.desk.workers()
    expect(worker).toMatchObject({
      limitBytes: 256 * MIB,
      lastEnd: { exitCode: 137, by: 'scanner', says: 'it was started again for another limit' },
    })
  })

  it('scans a damaged image without what is damaged, where that is wanted, and blocks it', async () => {
    const scanner = await begin()
    const whole = imageOf([layerTar([PACKAGE]), layerTar([{ ...PACKAGE, path: 'b/package.json' }])])
    const [, upper = Buffer.alloc(0)] = whole.blobs
    const name = `blobs/sha256/${digestOf(upper).slice(7)}`
    const damaged = new Map([...layout(whole), [name, Buffer.from(upper).fill(0xff, 30, 60)]])
    const image = `oci:${written(join(images, 'damaged'), damaged)}`
    const outcomes = async (): Promise<unknown[]> => {
      const [job] = await scanner.ended([await scanner.submit(image)])
      return [job?.state, ...(job?.attempts.map(({ mode, outcome }) => `${mode} ${outcome}`) ?? [])]
    }
    expect(await outcomes()).toEqual(['failed', 'whole refused'])
    await scanner.set('sbom.fallback_mode', 'true')
    expect(await outcomes()).toEqual(['done', 'whole refused', 'partial done'])
    expect(await scanner.desk.gate(image)).toMatchObject({
      state: 'blocked',
      reason: 'scan-partial',
    })
    const { jobs } = await scanner.desk.jobs({ limit: 1 })
    expect(jobs[0]?.result).toMatchObject({ packages: 1, problems: 1 })
    expect(await scanner.document(jobs[0]?.id ?? '')).toContain('the layer is left out')
  })
})
