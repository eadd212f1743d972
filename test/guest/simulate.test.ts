import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ForksPlayed } from '../../scripts/guest/inside-fork.ts'
import type { SwapPlayed } from '../../scripts/guest/inside-swap.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import type { SwapMachine } from '../../src/cli/commands/simulate/swap/this-machine.ts'
import { KIB, MIB } from '../../src/model/bytes.ts'
import { hog } from '../support/hog.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.1'
const SWAP_MIB = 128

// What no live test can do: cgroup v2 with swap, and settings that are the whole machine's.
describe.skipIf(await cannotBoot(KERNEL))(`forecasts on kernel ${KERNEL}, cgroup v2`, () => {
  let output = ''

  beforeAll(async () => {
    output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
    const program = await hog()
    await runScripts({
      kernel: KERNEL,
      scripts: [['inside-swap.ts', `/programs/${basename(program)}`], ['inside-fork.ts']],
      output,
      program,
      swapMib: SWAP_MIB,
    })
  })
  afterAll(() => rmSync(output, { recursive: true, force: true }))

  it('the machine is seen as it is', () => {
    const { machine } = swapPlayed()
    expect(machine).toMatchObject({ cgroup: 2, accounting: true })
    expect(machine.swapBytes).toBeGreaterThan((SWAP_MIB - 1) * MIB)
  })

  it.each([
    ['unset', 48],
    ['same', 0],
    ['more', 24],
    ['unlimited', SWAP_MIB - 1],
  ])('swap, %s: survives below its end and is killed above it', (name, atLeastMib) => {
    const found = swapPlayed().played.find((entry) => entry.name === name)
    expect(found?.swapBytes).toBeGreaterThanOrEqual(atLeastMib * MIB)
    expect(found?.grown.map(({ killed }) => killed)).toEqual([false, true])
    expect(found?.grown[0]?.swapBytes).toBeLessThanOrEqual(found?.swapBytes ?? 0)
  })

  it('a fork is refused where the machine may not promise so much, and only there', () => {
    const told = forksPlayed().promises.map(({ reason, forked }) => ({ reason, forked }))
    expect(told).toEqual([
      { reason: 'fits', forked: true },
      { reason: 'fork-fails', forked: false },
    ])
  })

  it('a byte written to a shared huge page copies 4 KiB, not 2 MiB', () => {
    const { hadHugePages, writtenPages, copiedBytes } = forksPlayed().huge
    expect(hadHugePages).toBe(true)
    // Page tables for the pages that the huge ones are split into are charged as well, and counters come in batches.
    expect(copiedBytes).toBeLessThan(writtenPages * 3 * 4 * KIB + MIB)
    expect(copiedBytes).toBeGreaterThan(0)
  })

  function forksPlayed(): ForksPlayed {
    return JSON.parse(readFileSync(join(output, 'forks.json'), 'utf8'))
  }

  function swapPlayed(): { machine: SwapMachine; played: SwapPlayed[] } {
    return JSON.parse(readFileSync(join(output, 'swap.json'), 'utf8'))
  }
})
