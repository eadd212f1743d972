import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NOW, stella } from '../../../../test/support/command-line.ts'
import { NO_EVIDENCE, recording, samplesOf } from '../../../../test/support/sizing-evidence.ts'
import { MIB } from '../../../model/bytes.ts'
import type { SizingEvidence } from '../../../model/sizing.ts'
import { queryPrometheus } from '../../../sources/prometheus/index.ts'
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

/** A Prometheus is really asked. */
const ASKING = { engine: { queryPrometheus } }

async function sizeOf(...args: string[]) {
  const { code, out, err } = await stella(['size', ...args, '--json'], ASKING)
  expect(err).toBe('')
  return { code, document: JSON.parse(out) }
}

describe('a series', () => {
  it('that is calm has a size in the fields that scripts know', async () => {
    const { code, document } = await sizeOf('--series', csv(calm, 512 * MIB))
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
    const { code, document } = await sizeOf('--series', csv(leak, 512 * MIB))
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
    expect((await sizeOf('--series', path)).document.secondsToLimit).toBeNull()
    const { document } = await sizeOf('--series', path, '--limit', '512Mi')
    expect(document.secondsToLimit.low).toBeGreaterThan(0)
  })

  it('with the headroom that is asked for, and a machine that is too small', async () => {
    const path = csv(calm)
    expect((await sizeOf('--series', path, '--headroom', '20')).document.limitBytes).toBe(128 * MIB)
    const { code, document } = await sizeOf('--series', path, '--host', '100Mi')
    expect(code).toBe(1)
    expect(document).toMatchObject({ limitBytes: null, refused: true })
  })

  it('of one sample decides nothing: exit 4, and what is missing', async () => {
    const { code, document } = await sizeOf('--series', csv([MIB]))
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
      code: 3,
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
      engine: engine({ ...alive, limitBytes: 200 * MIB }, '/docker/web'),
    })
    expect(code).toBe(0)
    expect(out).toMatch(/^docker web should have a limit of 240m/)
    expect(out).toContain('limit now: 200 MiB; growth: not known yet; confidence: ')
    expect(out).toContain("the kernel's high-water mark, with room")
    expect(out).toContain('stella fix docker:web --limit 240m')
  })

  it('is watched for longer before a glimpse of it takes memory away', async () => {
    const { out } = await stella(['size', 'docker:web', '--data', folder], {
      engine: engine(alive, '/docker/web'),
    })
    expect(out).toMatch(/^docker web should have a limit of 240m/)
    expect(out).toMatch(/\nNext\n {2}stella size docker:web --for 10m\n/)
    expect(out).not.toContain('stella fix')
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

describe('a Prometheus', () => {
  const asked: URL[] = []
  const tokens: (string | undefined)[] = []
  let answer: { status: number; metrics: readonly Record<string, string>[] }
  let url = ''
  const server = createServer((request, response) => {
    const to = Math.floor(NOW / 1_000)
    const values = calm.map((value, index) => [to - (299 - index) * 60, String(value)])
    const result = answer.metrics.map((metric) => ({ metric, values }))
    asked.push(new URL(request.url ?? '', url))
    tokens.push(request.headers.authorization)
    response.writeHead(answer.status)
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }))
  })
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  })
  afterAll(() => void server.close())
  beforeEach(() => {
    asked.length = 0
    tokens.length = 0
    answer = { status: 200, metrics: [WORKING_SET] }
  })
  const WORKING_SET = { __name__: 'container_memory_working_set_bytes', container: 'web', pod: 'a' }
  const spanOf = (call: URL | undefined): (number | undefined)[] =>
    ['start', 'end', 'step'].map((name) => Number(call?.searchParams.get(name)))

  it('is asked for the last week, and sized as a file is', async () => {
    const { code, document } = await sizeOf('--prometheus', url, '--query', 'web')
    expect({ code, document }).toMatchObject({
      code: 0,
      document: { kind: 'steady', limitBytes: 208 * MIB, refused: false },
    })
    const week = 7 * 86_400
    expect(asked.map(spanOf)).toEqual([[NOW / 1_000 - week, NOW / 1_000, 60]])
  })

  it.each([
    ['90d', 90 * 86_400, 772],
    ['1d', 86_400, 15],
    ['10m', 600, 3],
    ['90s', 90, 1],
  ])('is asked for %s where that is said, as fine as it knows it', async (since, seconds, step) => {
    await sizeOf('--prometheus', url, '--query', 'web', '--since', since)
    expect(asked.map(spanOf)).toEqual([[NOW / 1_000 - seconds, NOW / 1_000, step]])
  })

  it('is told who asks by a file', async () => {
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, 'abc\n')
    await sizeOf('--prometheus', url, '--query', 'web', '--token-file', tokenFile)
    expect(tokens).toEqual(['Bearer abc'])
  })

  it('tells of what does not fit the machine that the user names', async () => {
    const args = ['--prometheus', url, '--query', 'web', '--host', '100Mi']
    const { code, document } = await sizeOf(...args)
    expect(code).toBe(1)
    expect(document.refused).toBe(true)
  })

  it('next to a target tells what was before; what lives tells its mark, its limit and its kills', async () => {
    const subject = { platform: 'docker', name: 'web', id: 'a'.repeat(64), image: 'shop' } as const
    const evidence: SizingEvidence = {
      ...NO_EVIDENCE,
      at: NOW,
      subject,
      recordings: [
        recording(samplesOf([80 * MIB], 'unreclaimableBytes', { stepSeconds: 1, until: NOW })),
      ],
      unreclaimableBytes: 80 * MIB,
      limitBytes: 256 * MIB,
      kills: [{ at: NOW - 60_000, limitBytes: 256 * MIB, uptimeSeconds: null }],
    }
    const engine: Partial<Engine> = {
      ...ASKING.engine,
      collectSizing: async (target) => ({ evidence, target, path: '/docker/web' }),
    }
    const args = ['size', 'docker:web', '--prometheus', url, '--query', 'web', '--json']
    const { out } = await stella(args, { engine })
    const document = JSON.parse(out)
    expect(document.kind).toBe('steady')
    expect(document.because.join()).toMatch(/300 samples[^]*1 kill/)
    expect(document.limitBytes).toBe(368 * MIB)
  })

  it.each([
    [3, /could not be reached/, 'http://127.0.0.1:1', {}],
    [2, /no address of a server/, 'prometheus:9090', {}],
    [2, /no address of a server/, 'http://me:%zz@prometheus', {}],
    [3, /wants to know who asks/, null, { status: 401 }],
    [3, /status 500/, null, { status: 500 }],
    [2, /holds no series/, null, { metrics: [] }],
    [
      2,
      /tells of 2 containers/,
      null,
      { metrics: [WORKING_SET, { ...WORKING_SET, container: 'db' }] },
    ],
  ])('exit %i: %s', async (exit, complaint, elsewhere, change) => {
    answer = { ...answer, ...change }
    const args = ['size', '--prometheus', elsewhere ?? url, '--query', 'web']
    const { code, err } = await stella(args, ASKING)
    expect(code).toBe(exit)
    expect(err).toMatch(complaint)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it.each([
    ['two\nlines', 2, /holds no bearer token/],
    ['', 2, /holds no bearer token/],
  ])(
    'is not asked with a file that holds %j, and the file is not shown',
    async (text, exit, complaint) => {
      const tokenFile = join(folder, 'wrong-token')
      writeFileSync(tokenFile, text)
      const args = ['size', '--prometheus', url, '--query', 'web', '--token-file', tokenFile]
      const { code, err } = await stella(args, ASKING)
      expect(code).toBe(exit)
      expect(err).toMatch(complaint)
      expect(err).not.toContain('lines')
      expect(asked).toEqual([])
    },
  )
})

it.each([
  [[], /nothing to size is named/],
  [['docker:web', '--series', 'a.csv'], /a target and a series are two things/],
  [['--prometheus', 'http://a', '--series', 'a.csv'], /a Prometheus and a series are two things/],
  [['--prometheus', 'http://a'], /--prometheus: it is not said what to ask for/],
  [['docker:web', '--query', 'web'], /--query: has a meaning with --prometheus alone/],
  [['docker:web', '--since', '1d'], /--since: has a meaning with --prometheus alone/],
  [['docker:web', '--token-file', 'a'], /--token-file: has a meaning with --prometheus alone/],
  [['docker:web', '--prometheus', 'http://a', '--for', '1m'], /--for: Prometheus tells/],
  [['docker:web', '--prometheus', 'http://a', '--data', '/tmp'], /--data: Prometheus tells/],
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
