import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processState } from '../../test/support/incident.ts'
import { RECORDED_ON, recordedMemory, recordedScene } from '../../test/support/recorded-memory.ts'
import { sharingViewOf } from '../../test/support/scene-views.ts'
import { inputsOf } from '../../test/support/shown-by-tools.ts'
import { MIB } from '../model/bytes.ts'
import type { KsmState } from '../model/ksm.ts'
import { sharingOf } from './sharing.ts'

describe.each(RECORDED_ON)('pages that real processes share, %s', (where) => {
  it('of a parent and three children count four times in ps', () => {
    const view = sharingViewOf(recordedScene(where, 'forks'))
    // 20 MiB of the parent, three times too much, and the interpreter's own.
    expect(view.countedTwiceBytes).toBeGreaterThan(60 * MIB)
    expect(view.countedTwiceBytes).toBeLessThan(90 * MIB)
    expect(view.says[0]).toMatch(/ps shows .* for its 4 processes/)
  })

  it('of a file are charged to the group that touched them first', () => {
    const first = sharingViewOf(recordedScene(where, 'mapped-first'))
    const second = sharingViewOf(recordedScene(where, 'mapped-second'))
    expect(first.chargedElsewhereBytes).toBeLessThan(8 * MIB)
    expect(second.chargedElsewhereBytes).toBeGreaterThan(48 * MIB)
    expect(second.says.join()).toContain('charged to other groups, which touched them first')
  })

  it('stay charged to a group whose own process is gone', () => {
    const view = sharingViewOf(recordedScene(where, 'left-mapped'))
    expect(view.mappedElsewhereBytes).toBeGreaterThanOrEqual(48 * MIB)
    expect(view.says.join()).toContain('only processes of other groups map them now')
  })

  it('and memory of a moved process stays charged where it was taken', () => {
    const view = sharingViewOf(recordedScene(where, 'moved'))
    expect(view.anonElsewhereBytes).toBeGreaterThanOrEqual(16 * MIB)
    expect(view.says.join()).toContain('leaves its charge behind')
  })

  it('shares add up to no more than the group has, where nothing is shared with others', () => {
    const { after } = recordedMemory(where).tools.docker
    const { processes, group } = inputsOf(recordedMemory(where).tools.docker, after)
    const shares = processes.reduce((sum, { pssAnonBytes }) => sum + (pssAnonBytes ?? 0), 0)
    const anon = group?.stat.get(group.version === 1 ? 'rss' : 'anon') ?? 0
    expect(shares / anon).toBeCloseTo(1, 1)
    expect(sharingOf(processes, group).anonElsewhereBytes).toBeLessThan(MIB)
  })
})

describe('equal pages that are merged', () => {
  it.each(['6.1', '6.12'] as const)('are told, real ones on %s', (where) => {
    const says = sharingViewOf(recordedScene(where, 'merged')).says.join()
    expect(says).toMatch(/\(KSM\) is on: 1[56][.\d]* MiB of its memory are merged/)
    expect(says).toMatch(/on the whole machine \d+ KiB stand for 1[56]/)
  })

  const on: KsmState = {
    run: 1,
    pageSizeBytes: 4096,
    pagesShared: 256,
    pagesSharing: 2_304,
    generalProfitBytes: null,
  }

  function said(machine: KsmState | null, pages: readonly number[]): string {
    const processes = pages.map((mergingPages, pid) => ({ pid, mergingPages, profitBytes: null }))
    return sharingOf([], null, { machine, processes }).says.join()
  }

  it('may be none of its own, and then how to ask for it is told', () => {
    expect(said(on, [0, 0])).toMatch(/PR_SET_MEMORY_MERGE.*1 MiB stand for 10 MiB/)
  })

  it('stay merged when it is stopped', () => {
    expect(said({ ...on, run: 0 }, [512])).toContain('is stopped: 2 MiB of its memory are merged')
  })

  it('are no word worth where it is off, or not to be seen', () => {
    expect(said({ ...on, run: 0 }, [0])).toBe('')
    expect(said(null, [100])).toBe('')
  })
})

describe('what could not be read', () => {
  it('leaves bounds open instead of 0', () => {
    const hidden = processState({ rssBytes: 9 * MIB })
    expect(sharingOf([hidden], null)).toMatchObject({
      countedTwiceBytes: null,
      chargedElsewhereBytes: null,
      mappedElsewhereBytes: null,
      anonElsewhereBytes: null,
      says: [],
    })
  })
})

it('bounds are never negative, and nothing is counted twice where each page has one user', () => {
  const size = fc.integer({ min: 0, max: 2 ** 40 })
  const process = fc.record({ file: size, shmem: size, anon: size }).map(({ file, shmem, anon }) =>
    processState({
      rssBytes: file + shmem + anon,
      pssBytes: file + shmem + anon,
      fileRssBytes: file,
      pssFileBytes: file,
      shmemRssBytes: shmem,
      pssShmemBytes: shmem,
      pssAnonBytes: anon,
    }),
  )
  fc.assert(
    fc.property(fc.array(process, { maxLength: 5 }), size, size, (processes, mapped, anon) => {
      const group = {
        path: null,
        version: 2 as const,
        chargeBytes: mapped + anon,
        chargeSource: 'memory.current',
        limitBytes: null,
        peakBytes: null,
        stat: new Map([
          ['file_mapped', mapped],
          ['anon', anon],
        ]),
        kmemBytes: null,
        tcpBytes: null,
        swapBytes: null,
      }
      const view = sharingOf(processes, group)
      expect(view.countedTwiceBytes).toBe(0)
      const bounds = [
        view.chargedElsewhereBytes,
        view.mappedElsewhereBytes,
        view.anonElsewhereBytes,
      ]
      for (const bound of bounds) expect(bound).toBeGreaterThanOrEqual(0)
      // It cannot be both: mapped here and charged elsewhere, and the other way round.
      expect(Math.min(view.chargedElsewhereBytes ?? 0, view.mappedElsewhereBytes ?? 0)).toBe(0)
    }),
  )
})
