import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fakeEngine } from '../../test/support/fake-engine.ts'
import { fakeReader } from '../../test/support/fake-reader.ts'
import type { Reader } from '../sources/reader.ts'
import { glance } from './glance.ts'

interface Listed {
  Id: string
  Names: string[]
}

const LIST = readFileSync(new URL('../../fixtures/docker/list-api.json', import.meta.url), 'utf8')
const LISTED: Listed[] = JSON.parse(LIST)
const OOM_ID = LISTED.find(({ Names }) => Names[0] === '/rec-oom')?.Id ?? ''

/** What the kernel wrote down of a kill in a group, as far as a glance needs it. */
function killIn(path: string, pid: number): string {
  return [
    '<4>[  900.000000] dd invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
    `<6>[  900.000001] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${path},task_memcg=${path},task=dd,pid=${pid},uid=0`,
    `<3>[  900.000002] Memory cgroup out of memory: Killed process ${pid} (dd) total-vm:66000kB, anon-rss:30000kB, file-rss:4kB, shmem-rss:0kB, UID:0 pgtables:100kB oom_score_adj:0`,
    '',
  ].join('\n')
}

it('ties the kills of the kernel log to containers that the engine knows, and keeps the others by their group', async () => {
  const stdout = killIn(`/docker/${OOM_ID}`, 11) + killIn('/jobs/17', 12)
  using reader = fakeReader({ programs: { dmesg: { stdout } } })
  using _engine = await fakeEngine(reader, (_request, response) => response.end(LIST))
  const { dead } = await glance(reader)
  expect(dead.map(({ target, exitCode, kills }) => [target, exitCode, kills.length])).toEqual([
    ['docker:rec-oom', 137, 1],
    ['docker:rec-exit137', 137, 0],
    ['docker:rec-kill', 137, 0],
    ['cgroup:/jobs/17', null, 1],
  ])
})

it('tells what it could not look at, and waits for nobody', async () => {
  using reader = fakeReader()
  using _engine = await fakeEngine(reader, () => {})
  const started = performance.now()
  const { dead, unread } = await glance(reader)
  expect(dead).toEqual([])
  expect(unread.join()).toContain('kernel log')
  expect(unread).toContain('unix:///var/run/docker.sock did not answer in time')
  expect(performance.now() - started).toBeLessThan(5_000)
})

it('hears the engine, however long the kernel log takes to read', async () => {
  using reader = fakeReader({ programs: { dmesg: { stdout: killIn(`/docker/${OOM_ID}`, 11) } } })
  using _engine = await fakeEngine(reader, (_request, response) => response.end(LIST))
  const busy: Reader = {
    ...reader,
    run: (argv, options) => {
      if (argv[0] === 'dmesg') keepProcessor(1_000)
      return reader.run(argv, options)
    },
  }
  const { dead, unread } = await glance(busy)
  expect(dead.map(({ target }) => target)).toContain('docker:rec-oom')
  expect(unread.join()).not.toContain('in time')
})

it('counts the kills of the machine where no log tells of them, and leaves them to the log where one does', async () => {
  const files = { '/proc/vmstat': 'nr_free_pages 1\noom_kill 7\n' }
  using closed = fakeReader({ files })
  expect((await glance(closed)).unnamedKills).toBe(7)
  using open = fakeReader({ files, programs: { dmesg: { stdout: killIn('/jobs/17', 12) } } })
  expect((await glance(open)).unnamedKills).toBeNull()
  using quiet = fakeReader({ files: { '/proc/vmstat': 'oom_kill 0\n' } })
  expect((await glance(quiet)).unnamedKills).toBeNull()
})

/** As the parser of a large log does. */
function keepProcessor(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
