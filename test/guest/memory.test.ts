import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordMemory, recordScenes } from '../../scripts/guest/memory.ts'
import type { MemoryRecording } from '../../scripts/guest/memory.ts'
import { MIB } from '../../src/model/bytes.ts'
import { expectShown } from '../support/expect-shown.ts'
import { cacheViewOf, sharingViewOf } from '../support/scene-views.ts'
import { cannotBoot } from './cannot-boot.ts'

/**
 * The older one ages pages by two lists, the newer one by generations (MGLRU). What tools print of engines is their own
 * arithmetic, on either.
 */
const KERNELS = [
  { kernel: '6.1', engines: [] },
  { kernel: '6.12', engines: ['docker', 'podman'] },
] as const

for (const { kernel, engines } of KERNELS)
  describe.skipIf(await cannotBoot(kernel))(`memory of every kind on kernel ${kernel}`, () => {
    let output = ''
    let scenes: MemoryRecording['scenes'] = {}
    let tools: MemoryRecording['tools'] | null = null

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      if (engines.length > 0) ({ scenes, tools } = await recordMemory(kernel, output))
      else scenes = await recordScenes(kernel, output)
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    it.each(engines)('%s stats and the others show what we say', (engine) => {
      if (tools === null) throw new Error('nothing was recorded')
      expectShown(tools[engine])
    })

    it('page cache is judged by what is known about it', () => {
      const kinds = ['hot', 'cold', 'stream', 'thrash'].map((name) => cacheViewOf(scene(name)).kind)
      const byLists = kernel === '6.1' ? ['useful', 'stale'] : ['unknown', 'unknown']
      expect(kinds).toEqual([...byLists, 'stale', 'thrashing'])
      expect(cacheViewOf(scene('tmpfs')).says.join()).toMatch(/16 MiB are tmpfs.*\/dev\/shm/)
    })

    it('shared pages are charged to who touched them first', () => {
      expect(sharingViewOf(scene('mapped-second')).chargedElsewhereBytes).toBeGreaterThan(48 * MIB)
      expect(sharingViewOf(scene('left-mapped')).mappedElsewhereBytes).toBeGreaterThan(47 * MIB)
      expect(sharingViewOf(scene('moved')).anonElsewhereBytes).toBeGreaterThan(15 * MIB)
      expect(sharingViewOf(scene('forks')).countedTwiceBytes).toBeGreaterThan(60 * MIB)
    })

    it('equal pages are merged where programs ask for it', () => {
      expect(sharingViewOf(scene('merged')).says.join()).toMatch(
        /\(KSM\) is on: 1[56][.\d]* MiB of its memory are merged/,
      )
    })

    function scene(name: string) {
      const found = scenes[name]
      if (found === undefined) throw new Error(`no scene ${name}`)
      return found
    }
  })
