/**
 * The runbook of writers that are faster than their disk, on a disk that really is slow, below a group of cgroup v1: the kernel
 * waits there in reclaim until pages are on the disk. The bounds of the whole machine are put back whatever happens.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { book } from '../support/book-runs.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { makeSlowDisk } from '../support/slow-disk.ts'
import type { SlowDisk } from '../support/slow-disk.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const LIMIT = 256 * MIB
const BOUND = '/proc/sys/vm/dirty_bytes'

let data = ''
let disk: SlowDisk
let group: TestGroup

/** Dirty pages and those on their way to the disk. */
function waiting(): number {
  const stat = group.read('memory.stat')
  const of = (name: string) => Number(new RegExp(`^total_${name} (\\d+)$`, 'm').exec(stat)?.[1])
  return of('dirty') + of('writeback')
}

const dirtyPages = () =>
  book('dirty-pages', { cgroup: group.path, hold: '5s' }, { STELLA_DATA: data })

describe.skipIf(requireParts('root', 'cgroup-v1', 'slow-disk'))('the runbook dirty-pages', () => {
  beforeAll(() => {
    data = mkdtempSync(join(tmpdir(), 'stella-test-dirty-pages-'))
    disk = makeSlowDisk(testbedFolder('slow'), 700, 12 * MIB)
    group = createGroup('dirty-pages', LIMIT)
    // Holds next to nothing itself, and writes as fast as it may.
    const file = join(disk.folder, 'file')
    group.start(['sh', '-c', `while :; do dd if=/dev/zero of=${file} bs=1M count=600; done`])
  })
  afterAll(async () => {
    await runStella(['fix', `cgroup:${group.path}`, '--undo', '--data', data])
    await group.remove()
    disk.remove()
    rmSync(data, { recursive: true, force: true })
  })

  it('sees a container that is full of what its disk has not taken, and changes nothing by itself', async () => {
    await until('half of the limit waits for the disk', () => waiting() > LIMIT / 2)
    const before = readFileSync(BOUND, 'utf8')
    const looked = await dirtyPages().start()
    expect(looked.states, looked.told).toMatchObject({
      dirty: 'problem',
      sooner: 'pending',
      room: 'waits',
    })
    expect(looked.code).toBe(4)
    expect(readFileSync(BOUND, 'utf8')).toBe(before)
  })

  it('makes the kernel write sooner, and sees that less waits while the writer goes on', async () => {
    const looked = await dirtyPages().start()
    const mended = await dirtyPages().approve(looked, '--step', 'sooner')
    expect(mended.states, mended.told).toMatchObject({
      room: 'skipped',
      sooner: 'ok',
      less: 'ok',
      quiet: 'ok',
    })
    expect([mended.verdict, mended.code]).toEqual(['resolved', 0])
    expect(readFileSync(BOUND, 'utf8').trim()).toBe(String(LIMIT / 8))
    expect(group.read('cgroup.procs')).not.toBe('')
  })

  it('finds nothing then, and leaves everything as it is', async () => {
    await until('little waits for the disk', () => waiting() < LIMIT / 5)
    const looked = await dirtyPages().start('--deep')
    expect([looked.verdict, looked.code], looked.told).toEqual(['well', 0])
    expect(readFileSync(BOUND, 'utf8').trim()).toBe(String(LIMIT / 8))
  })
})
