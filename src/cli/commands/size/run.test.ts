import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import { NO_EVIDENCE, recording, samplesOf } from '../../../../test/support/sizing-evidence.ts'
import { MIB } from '../../../model/bytes.ts'
import type { SizingEvidence } from '../../../model/sizing.ts'
import type { Engine } from '../../engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'stella-size-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file with these values, a minute apart. */
function csv(values: readonly (number | string)[], limit?: number): string {
  const rows = values.map((value, index) =>
    [1_760_000_000 + index * 60, value, ...(limit === undefined ? [] : [limit])].join(','),
  )
  const path = join(folder, `${Math.random()}.csv`)
  writeFileSync(path, [`time,bytes${limit === undefined ? '' : ',limit'}`, ...rows, ''].join('\n'))
  return path
}

const calm = Array.from({ length: 300 }, (_, index) => Math.round((100 + Math.sin(index)) * MIB))
const leak = Array.from({ length: 300 }, (_, index) =>
  Math.round((50 + index / 2 + Math.sin(index)) * MIB),
)

async function answer(...args: string[]) {
  const { code, out, err } = await stella(['size', ...args, '--json'])
  expect(err).toBe('')
  return { code, document: JSON.parse(out) }
}

describe('a series', () => {
  it('that is calm has a size in the fields that scripts know', async () => {
    const { code, document } = await answer('--series', csv(calm, 512 * MIB))
    expect(code).toBe(0)
    expect(document).toMatchObject({
      schema: 'stella.size/1',
      kind: 'steady',
      limitBytes: 208 * MIB,
      requestBytes: 107 * MIB,
      refused: false,
      buys: null,
    })
    expect(document.because.length).toBeGreaterThan(2)
  })

  it('that leaks has none: exit 1, and how long the limit lasts', async () => {
    const { code, document } = await answer('--series', csv(leak, 512 * MIB))
    expect(code).toBe(1)
    expect(document).toMatchObject({
      kind: 'leak',
      limitBytes: null,
      requestBytes: null,
      refused: true,
    })
    // 312 MiB to go, half a MiB a minute.
    expect(document.secondsToLimit.low).toBeGreaterThan(312 * 2 * 60 * 0.9)
    expect(document.secondsToLimit.low).toBeLessThan(document.secondsToLimit.high)
    expect(document.secondsToLimit.high).toBeLessThan(312 * 2 * 60 * 1.1)
    expect(document.buys).toMatchObject({ limitBytes: 1024 * MIB })
  })

  it('without a limit takes the one that is named', async () => {
    const path = csv(leak)
    expect((await answer('--series', path)).document.secondsToLimit).toBeNull()
    const { document } = await answer('--series', path, '--limit', '512Mi')
    expect(document.secondsToLimit.low).toBeGreaterThan(0)
  })

  it('with the headroom that is asked for, and a machine that is too small', async () => {
    const path = csv(calm)
    expect((await answer('--series', path, '--headroom', '20')).document.limitBytes).toBe(128 * MIB)
    const { code, document } = await answer('--series', path, '--host', '100Mi')
    expect(code).toBe(1)
    expect(document).toMatchObject({ limitBytes: null, refused: true })
  })

  it('of one sample decides nothing: exit 4, and what is missing', async () => {
    const { code, document } = await answer('--series', csv([MIB]))
    expect(code).toBe(4)
    expect(document).toMatchObject({ kind: 'unknown', limitBytes: null, refused: true })
    expect(document.unknown.join()).toMatch(/samples/)
  })

  it('from standard input', async () => {
    const text = ['time,bytes', ...calm.map((value, index) => `${index * 60 + 1},${value}`)].join(
      '\n',
    )
    const { code, out } = await stella(['size', '--series', '-', '--quiet'], { stdin: text })
    expect({ code, out }).toEqual({
      code: 0,
      out: 'It should have a limit of 208m (208 MiB, 218103808 bytes), and a request of 107m (107 MiB, 112197632 bytes)\n',
    })
  })

  it('that is malformed is refused with its line', async () => {
    const { code, err } = await stella(['size', '--series', csv([MIB, 'many', MIB])])
    expect(code).toBe(2)
    expect(err).toMatch(/\.csv:3: /)
  })

  it('that is not there, or no series at all', async () => {
    expect(await stella(['size', '--series', join(folder, 'none.csv')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no such file'),
    })
    writeFileSync(join(folder, 'prose.txt'), 'It was a dark night.\n')
    expect((await stella(['size', '--series', join(folder, 'prose.txt')])).code).toBe(2)
  })
})

describe('the words for people', () => {
  it('answer first, then why, then what to do', async () => {
    const { out } = await stella(['size', '--series', csv(calm, 512 * MIB), '--no-color'])
    expect(out).toMatch(/^It should have a limit of 208m \(208 MiB, 218103808 bytes\)/)
    expect(out).toMatch(
      /Why\n {2}- .*\n[^]*Bounds\n[^]*Next\n {2}stella fix docker:NAME --limit 208m\n$/,
    )
  })

  it('tell of a leak what raising would buy', async () => {
    const { out } = await stella(['size', '--series', csv(leak, 512 * MIB)])
    expect(out).toMatch(/^It grows without end: no limit is right\n/)
    expect(out).toMatch(
      /Raising the limit from 512 MiB to 1 GiB buys \d+ hours, and ends\s+nothing/,
    )
    expect(out).not.toContain('stella fix')
  })
})

describe('a target', () => {
  const subject = { platform: 'docker', name: 'web', id: 'a'.repeat(64), image: 'shop' } as const
  const alive: SizingEvidence = {
    ...NO_EVIDENCE,
    subject,
    peakBytes: 120 * MIB,
    unreclaimableBytes: 80 * MIB,
    hostBytes: 8192 * MIB,
    limitBytes: 256 * MIB,
  }

  function engine(evidence: SizingEvidence, path: string | null): Partial<Engine> {
    return {
      collectSizing: async (target) => ({ evidence, target, path }),
      watchGroup: async () =>
        recording(samplesOf(calm, 'unreclaimableBytes', { stepSeconds: 1, until: evidence.at })),
    }
  }

  it('that lives is sized by its high-water mark, with the command for it', async () => {
    const { code, out } = await stella(['size', 'docker:web', '--data', folder], {
      engine: engine(alive, '/docker/web'),
    })
    expect(code).toBe(0)
    expect(out).toMatch(/^docker web should have a limit of 240m/)
    expect(out).toContain('stella fix docker:web --limit 240m')
  })

  it('is watched first where that is asked for', async () => {
    const args = ['size', 'docker:web', '--for', '5m', '--data', folder, '--json']
    const { out } = await stella(args, { engine: engine(alive, '/docker/web') })
    const document = JSON.parse(out)
    expect(document.kind).toBe('steady')
    expect(document.growth.segment.samples).toBe(300)
  })

  it('that is dead cannot be watched', async () => {
    const args = ['size', 'docker:web', '--for', '5m']
    const { code, err } = await stella(args, { engine: engine(alive, null) })
    expect(code).toBe(2)
    expect(err).toMatch(/--for: it does not live/)
  })
})

it.each([
  [[], /nothing to size is named/],
  [['docker:web', '--series', 'a.csv'], /two things/],
  [['--series', 'a.csv', '--for', '1m'], /--for: has no meaning for a series/],
  [['--series', 'a.csv', '--data', '/tmp'], /--data: has no meaning for a series/],
  [['docker:web', '--limit', '512m'], /'512m' could mean two sizes/],
  [['docker:web', '--host', '8g'], /'8g' could mean two sizes/],
  [['docker:web', '--host', '0'], /0 bytes/],
  [['docker:web', '--headroom', '-5'], /no percentage of headroom/],
  [['docker:web', '--headroom', '5000'], /no percentage of headroom/],
])('%j is refused', async (args, complaint) => {
  const { code, err } = await stella(['size', ...args])
  expect(code).toBe(2)
  expect(err).toMatch(complaint)
})
