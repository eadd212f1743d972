import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FORMATS } from '../../src/parsers/recognise.ts'
import { CATALOGERS } from '../../src/sbom/catalogers/index.ts'
import { failureOf, inputOf } from './run.ts'
import { TARGETS } from './targets/index.ts'
import { turn, type Turn } from './watch.ts'

/** Any; with the same one the same is tested everywhere. */
const SEED = 7
const PLANTED = new URL('./planted.ts', import.meta.url).href

function planted(
  target: string,
  { found = null, hangsAfterMs }: { found?: string | null; hangsAfterMs?: number } = {},
): Promise<Turn> {
  const task = { targets: PLANTED, target, seed: 1, from: 0, to: 3_000, forMs: 60_000, found }
  return turn(task, hangsAfterMs)
}

describe('faults that are known are found', { timeout: 120_000 }, () => {
  it('no fault where there is none', async () => {
    expect(await planted('whole')).toMatchObject({ failures: [], next: 3_000 })
  })

  it('an error that is not meant for people, with the least input that makes it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stella-fuzz-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const { failures } = await planted('throws', { found: folder })
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain('TypeError: too deep')
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([
      '[[[',
    ])
  })

  it('a figure that is none, told to people, and not what is quoted from the input', async () => {
    const { failures } = await planted('tells-of-nothing')
    expect(failures[0]).toContain('it says NaN')
    expect(await planted('quotes')).toMatchObject({ failures: [], next: 3_000 })
  })

  it('one that never ends, by the number of its run', async () => {
    const { failures, next } = await planted('hangs', { hangsAfterMs: 4_000 })
    expect(failures).toEqual([`run ${next - 1} hangs`])
  })

  it('one that takes all memory, without ending whoever looks for it', async () => {
    const { failures } = await planted('takes-memory')
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatch(/memory/)
  })
})

describe('the list', () => {
  it('holds every format of evidence and every cataloger', () => {
    const names = new Set(TARGETS.map(({ name }) => name))
    expect(names.size).toBe(TARGETS.length)
    const readers = [
      ...FORMATS.map(({ id }) => `format-${id}`),
      ...CATALOGERS.map(({ id }) => `packages-${id}`),
    ]
    expect(readers.filter((name) => !names.has(name))).toEqual([])
  })

  it('has something to damage for each, and a few runs of each find no fault', async () => {
    const failures: string[] = []
    for (const target of TARGETS) {
      const samples = target.samples()
      expect(samples, target.name).not.toEqual([])
      for (let at = 0; at < 5; at++) {
        const failure = await failureOf(target, inputOf(samples, SEED, at), SEED, at)
        if (failure !== null) failures.push(`${target.name}, run ${at}: ${failure}`)
      }
    }
    expect(failures).toEqual([])
  }, 180_000)
})
