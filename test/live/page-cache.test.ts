import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { CACHE_SCENES } from '../support/memory-scenes.ts'
import { requireParts } from '../support/parts.ts'
import { cacheReading, cacheViewOf } from '../support/scene-views.ts'
import { readLruGen } from '../../src/sources/host/lru-gen.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { testbedFolder } from '../support/testbed.ts'

const folder = testbedFolder('files')
/** With MGLRU the lists do not tell a hot file from a cold one. */
const mglru = readLruGen(hostReader()) === true

describe.skipIf(requireParts('root', 'compiler'))('page cache of groups of our own', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('is useful where a file is read over and over', async () => {
    expect(cacheViewOf(await CACHE_SCENES.hot(folder)).kind).toBe(mglru ? 'unknown' : 'useful')
  })

  it('is stale where a file was read once', async () => {
    expect(cacheViewOf(await CACHE_SCENES.cold(folder)).kind).toBe(mglru ? 'unknown' : 'stale')
  })

  it('thrashes where a file is read over and over that is larger than the limit', async () => {
    expect(cacheViewOf(await CACHE_SCENES.thrash(folder)).kind).toBe('thrashing')
  })

  it('is stale where a file larger than the limit passes through, and nobody is killed', async () => {
    const scene = await CACHE_SCENES.stream(folder)
    expect(cacheViewOf(scene).kind).toBe('stale')
    expect(cacheReading(scene.now).limitHits).toBeGreaterThan(0)
    expect(scene.now.group['cgroup.procs']).not.toBe('')
  })

  it('is none where it is tmpfs, which stays when its writer is gone', async () => {
    const scene = await CACHE_SCENES.tmpfs()
    expect(scene.now.group['cgroup.procs']).toBe('')
    expect(cacheViewOf(scene).says.join()).toMatch(/16 MiB are tmpfs.*\/dev\/shm/)
  })

  it('is told to be dirty where it was just written', async () => {
    expect(cacheViewOf(await CACHE_SCENES.dirty(folder)).says.join()).toMatch(/are dirty/)
  })
})
