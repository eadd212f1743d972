/** The counters of /metrics through ends and starts of the server, with real kills before, between and after. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { run, testbedFolder } from '../support/testbed.ts'

let folder = ''
let group: TestGroup
let running: Serving | null = null

beforeEach(() => {
  folder = mkdtempSync(join(testbedFolder('counters'), 'data-'))
  group = createGroup('counters', 8 * MIB)
})
afterEach(async () => {
  await running?.kill()
  await group.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(): Promise<Serving> {
  running = await startServing(folder)
  return running
}

async function killOne(inside = group): Promise<void> {
  await roomForReports()
  await inside.start([await hog(), 'anon=64M']).ended
}

/** Kills in the group of this test, as one scrape tells them. Others kill on this machine, too. */
async function read(server: Serving): Promise<number> {
  const found = await series(server, 'stella_container_oom_kills_total', `cgroup:${group.path}`)
  return sumOf(found)
}

/** The values of a metric for a container. */
async function series(server: Serving, name: string, target: string): Promise<number[]> {
  const text = await (await server.get('/metrics')).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(`target="${target}"`))
    .map((line) => Number(line.split(' ').at(-1)))
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Reads until the counter stands there; it never falls on the way. Gives what was read first. */
async function rises(server: Serving, to: number): Promise<number> {
  const first = await read(server)
  for (let [tries, last] = [0, first]; last !== to; tries++) {
    if (tries > 200) throw new Error(`the counter stands at ${last}: ${server.err}`)
    await pause(100)
    const now = await read(server)
    expect(now).toBeGreaterThanOrEqual(last)
    last = now
  }
  return first
}

describe.skipIf(requireParts('root', 'kmsg', 'compiler', 'prometheus'))(
  'the counters of /metrics',
  () => {
    it('count each kill once, whether the server was there, was killed, was away, or was starting', async () => {
      await killOne()
      let server = await serve()
      expect(await read(server)).toBe(0)
      await killOne()
      await rises(server, 1)
      await server.kill()

      await killOne()
      server = await serve()
      // Prometheus sees the rise: the first scrape tells what it knows already.
      expect(await rises(server, 2)).toBe(1)
      await killOne()
      await rises(server, 3)
      expect(await server.stop()).toBe(0)

      const starting = serve()
      await killOne()
      server = await starting
      expect(await rises(server, 4)).toBeGreaterThanOrEqual(3)
      // A kill that nobody has read of when the server is killed.
      await killOne()
      await server.kill()
      server = await serve()
      expect(await rises(server, 5)).toBeGreaterThanOrEqual(4)
      await server.kill()
      server = await serve()
      await read(server)
      await pause(7_000)
      expect(await read(server)).toBe(5)
    })

    it('of a container begin with 0, and tell it once, whatever groups it has inside', async () => {
      const id = randomBytes(32).toString('hex')
      const above = createGroup('counters-docker')
      try {
        const container = above.child('docker', 32 * MIB).child(id, 24 * MIB)
        const inside = container.child('inside', 8 * MIB)
        const server = await serve()
        const target = `docker:${id.slice(0, 12)}`
        const kills = (): Promise<number[]> =>
          series(server, 'stella_container_oom_kills_total', target)
        expect(await series(server, 'stella_container_memory_limit_bytes', target)).toEqual([
          24 * MIB,
        ])
        expect(await kills()).toEqual([0, 0, 0])
        await killOne(inside)
        for (let tries = 0; tries < 100 && sumOf(await kills()) === 0; tries++) await pause(100)
        expect(sumOf(await kills())).toBe(1)
        expect(await kills()).toHaveLength(3)
      } finally {
        await above.remove()
      }
    })

    it('count kills of one moment, which are one case, not again when the kernel log is read again', async () => {
      const server = await serve()
      await roomForReports()
      const victims = [1, 2, 3, 4].map(async () => group.start([await hog(), 'anon=64M']).ended)
      await Promise.all(victims)
      await rises(server, 4)
      await server.kill()
      const next = await serve()
      await read(next)
      await pause(7_000)
      expect(await read(next)).toBe(4)
    })

    it('are what promtool reads without a word, with every name that the server knows', async () => {
      const server = await serve()
      await killOne()
      await rises(server, 1)
      const text = await (await server.get('/metrics')).text()
      for (const name of [
        'stella_oom_kills_total',
        'stella_cases_total',
        'stella_container_memory_working_set_bytes',
        'stella_container_memory_limit_bytes',
        'stella_container_memory_pressure_some_ratio',
        'stella_container_seconds_to_limit',
        'stella_detection_seconds',
      ]) {
        expect(text).toMatch(new RegExp(`^# HELP ${name} \\S.*$`, 'm'))
        expect(text).toMatch(new RegExp(`^# TYPE ${name} (?:counter|gauge|histogram)$`, 'm'))
      }
      expect(run(['promtool', 'check', 'metrics'], { input: text })).toBe('')
    })
  },
)
