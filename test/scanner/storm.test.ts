/** A long line of jobs while workers die, the server dies, and the database goes away for a moment. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { ENDED_STATES } from '../../src/model/scan-job.ts'
import type { Job } from '../../src/model/scan-job.ts'
import { createGroup } from '../support/cgroups.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import type { Scanner } from '../support/scanner-service.ts'
import { runPostgres, startPostgres } from '../support/server-starters.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const WORKERS = 2
/** From the sources, and from the bundle. */
const WORKER = /scanner\/worker\.ts|scan-worker\.js/
/** A worker with so much cannot take the large image into memory. */
const LIMIT = '144Mi'
const LARGE_MIB = 140
const SMALL_MIB = [1, 2, 3]

interface Storm {
  jobs: number
  /** Kills by the kernel, at least. */
  outOfMemory: number
  workerKills: number
  minutes: number
}

/** Where the scanner of the test runs now; there is another one after each kill. */
interface Place {
  serving: Serving
  /** Makes it end as by `kill -9`, and begin again. */
  beginAgain(): Promise<void>
}

/** Ends what the test made, the last first. */
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

function scratch(parent: string): string {
  const folder = mkdtempSync(join(parent, 'stella-test-storm-'))
  endings.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function startPlace(data: string, args: readonly string[]): Promise<Place> {
  const start = (): Promise<Serving> => startServing(data, args)
  const place = {
    serving: await start(),
    async beginAgain() {
      await place.serving.kill()
      place.serving = await start()
    },
  }
  endings.push(() => place.serving.kill())
  return place
}

/** What `stella scan image` writes of it, with nobody in its way. */
async function undisturbed(image: string, data: string): Promise<string> {
  const args = ['scan', 'image', image, '--format', 'cyclonedx', '--data', data, '--here']
  const { out, code, err } = await runStella(args)
  if (code !== 0) throw new Error(err)
  return out
}

/** Ends one process that the server started to scan; false: it has none now. */
function killWorker({ pid }: Serving): boolean {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    const worker = children.find((child) =>
      WORKER.test(readFileSync(`/proc/${child}/cmdline`, 'utf8')),
    )
    return worker !== undefined && process.kill(Number(worker), 'SIGKILL')
  } catch {
    // It ended by itself, or the server did.
    return false
  }
}

async function submitAll(scanner: Scanner, images: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const image of images) ids.push(await scanner.submit(image))
  return ids
}

/** All jobs; where nobody answers just now, why. */
async function look(place: Place): Promise<readonly Job[] | string> {
  await pause(250)
  try {
    return (await scannerOf(place.serving).desk.jobs({ limit: 1_000 })).jobs
  } catch (error) {
    return String(error)
  }
}

function hasEnded({ state }: Job): boolean {
  return ENDED_STATES.includes(state)
}

/** What somebody wants to know of a storm that does not end. */
function standstill(seen: readonly Job[] | string, { out, err }: Serving): string {
  const told = `the server said:\n${out.slice(-2_000)}\n${err.slice(-4_000)}`
  if (typeof seen === 'string') return `${seen}; ${told}`
  const waiting = seen.filter((job) => !hasEnded(job))
  return `${waiting.length} have not: ${JSON.stringify(waiting.slice(0, 3))}; ${told}`
}

/** Until all have ended; what is due happens at its part of the way. */
async function weather(
  place: Place,
  storm: Storm,
  events: readonly { at: number; happens(): Promise<void> }[],
): Promise<{ jobs: readonly Job[]; kills: number }> {
  const due = [...events]
  let kills = 0
  let seen: readonly Job[] | string = []
  const jobs = await until(
    `${storm.jobs} jobs have ended`,
    async () => {
      seen = await look(place)
      if (typeof seen === 'string') return null
      const part = seen.filter(hasEnded).length / storm.jobs
      if (kills < storm.workerKills && part > kills / (storm.workerKills + 2)) {
        kills += killWorker(place.serving) ? 1 : 0
      }
      if (part >= (due[0]?.at ?? 2)) await due.shift()?.happens()
      return part === 1 && seen
    },
    storm.minutes * 60_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; ${standstill(seen, place.serving)}`)
  })
  return { jobs, kills }
}

/** Whatever happened, each job has one end, and it is the true one. */
async function expectTruth(
  jobs: readonly Job[],
  scanner: Scanner,
  expected: ReadonlyMap<string, string>,
): Promise<void> {
  for (const job of jobs) {
    const outcomes = job.attempts.map(({ outcome }) => outcome)
    if (job.state === 'done') {
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
      expect(outcomes.at(-1)).toBe('done')
      expect(await scanner.document(job.id)).toBe(expected.get(job.image))
    } else {
      // Only somebody who ended its workers again and again can keep one from its result.
      expect([job.state, outcomes.at(-1)]).toEqual(['failed', 'crash'])
      expect(job.note).toContain('SIGKILL')
      expect(await scanner.desk.document(job.id)).toBeNull()
    }
  }
}

async function expectSurvival(
  storm: Storm,
  data: string,
  args: readonly string[],
  databaseRestarts?: () => Promise<void>,
): Promise<void> {
  const images = scratch(tmpdir())
  const large = await largeImage(images, LARGE_MIB)
  const small = await Promise.all(SMALL_MIB.map((mebibytes) => largeImage(images, mebibytes)))
  const expected = new Map<string, string>()
  for (const image of [large, ...small]) {
    expected.set(image, await undisturbed(image, join(images, 'alone')))
  }
  const place = await startPlace(data, args)
  const scanner = scannerOf(place.serving)
  await scanner.set('sbom.streaming_threshold', '8Gi')
  await scanner.set('worker.memory_limit', LIMIT)
  await scanner.desk.addWorkers({ pool: 'default', count: WORKERS - 1, memory: null })
  await scanner.restart()
  // A job whose server died begins again with less memory: for two deaths, as many as there are workers.
  const most = storm.outOfMemory + 2 * WORKERS
  const each = Math.floor(storm.jobs / most)
  const wanted = Array.from({ length: storm.jobs }, (_, at) =>
    at % each === 0 && at / each < most ? large : (small[at % small.length] ?? large),
  )
  const ids = await submitAll(scanner, wanted)
  const { jobs, kills } = await weather(place, storm, [
    { at: 0.25, happens: () => place.beginAgain() },
    ...(databaseRestarts === undefined ? [] : [{ at: 0.45, happens: databaseRestarts }]),
    { at: 0.65, happens: () => place.beginAgain() },
  ])
  expect(kills).toBe(storm.workerKills)
  expect(jobs.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  const after = scannerOf(place.serving)
  await expectTruth(jobs, after, expected)
  const oom = jobs.flatMap(({ attempts }) => attempts.filter(({ outcome }) => outcome === 'oom'))
  expect(oom.length).toBeGreaterThanOrEqual(storm.outOfMemory)
  expect(oom.map(({ caseId }) => caseId)).not.toContain(null)
  const restarts = await after.desk.restarts()
  const counted = (reason: string): number =>
    restarts.find((restart) => restart.reason === reason)?.count ?? 0
  // A server that died may have had no time to count the last one of each worker.
  expect(counted('oom')).toBeGreaterThanOrEqual(oom.length - 2 * WORKERS)
  expect(counted('oom')).toBeLessThanOrEqual(oom.length)
  expect(counted('crash')).toBeGreaterThan(0)
}

describe.skipIf(requireParts('root', 'cgroup-v1', 'kmsg', 'postgresql'))('a storm', () => {
  it('ends each of 300 jobs once, with the same SBOM, on a PostgreSQL server that goes away, too', async () => {
    const folder = scratch(testbedFolder('databases'))
    const group = createGroup('postgres-storm')
    endings.push(() => group.remove())
    let postgres = await startPostgres(group, folder, 'shared_buffers = 16MB\n')
    const url = `postgres:///postgres?host=${encodeURIComponent(folder)}&user=postgres`
    const restartDatabase = async (): Promise<void> => {
      await postgres.stop()
      await pause(3_000)
      postgres = await runPostgres(group, folder)
    }
    const storm = { jobs: 300, outOfMemory: 60, workerKills: 20, minutes: 6 }
    await expectSurvival(storm, scratch(tmpdir()), ['--database', url], restartDatabase)
  }, 480_000)

  it('ends each of 60 jobs once, with the same SBOM, on the embedded database', async () => {
    const storm = { jobs: 60, outOfMemory: 12, workerKills: 6, minutes: 4 }
    await expectSurvival(storm, scratch(tmpdir()), [])
  }, 360_000)
})
