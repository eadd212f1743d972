import { NOTHING_ASKED } from '../../../../bill/asked.ts'
import { describe, expect, it } from 'vitest'
import { stella } from '../../../../../test/support/command-line.ts'
import { cgroupState, PATH, processState, seen } from '../../../../../test/support/incident.ts'
import { GIB, MIB } from '../../../../model/bytes.ts'
import { unreachableError } from '../../../../model/errors.ts'
import type { World } from '../../../../model/evidence.ts'
import { readFiles } from '../../../../sources/files/index.ts'
import type { Engine } from '../../../engine.ts'

type Setting = Parameters<typeof stella>[1]

function snapshot(args: readonly string[], setting?: Setting): ReturnType<typeof stella> {
  return stella(['simulate', 'snapshot', ...args], setting)
}

const PLAIN = ['--data', '5Gi', '--limit', '6Gi', '--duration', '60s']

describe('stella simulate snapshot', () => {
  it('goes with 0, with the peak it rests on', async () => {
    const { code, out, err } = await snapshot([...PLAIN, '--write-rate', '10Mi/s', '--json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out)).toMatchObject({
      schema: 'stella.simulate-snapshot/1',
      decision: 'go',
      reason: 'fits',
      peak: { leastBytes: 5 * GIB, mostBytes: 5 * GIB + 611 * MIB },
      copied: { mostBytes: 600 * MIB, basis: 'writes' },
      roomBytes: 6 * GIB,
    })
  })

  it('defers with 1, and tells when it would be full and what would fit', async () => {
    const { code, out } = await snapshot([...PLAIN, '--write-rate', '20Mi/s'])
    expect(code).toBe(1)
    const text = out.replace(/\s+/g, ' ')
    expect(text).toMatch(
      /^Defer: it comes to 6\.06 GiB, above the limit of 6 GiB, full after about 56 s/,
    )
    expect(text).toContain('It surely fits up to 16.9 MiB/s of written pages')
  })

  it.each([
    [['--write-rate', '0/s'], 0, /^Go: .*Nothing is written meanwhile/],
    [['--write-rate', '20Mi/s', '--swap', '1Gi'], 0, /^Go: .*fits with its swap; it will be slow/],
    [
      ['--write-rate', '18Mi/s'],
      1,
      /^Defer: it comes to 5\.\d+ GiB where writes hit all pages alike/,
    ],
    [[], 1, /^Defer: nothing tells how much is written.*--write-rate/],
    [['--write-rate', '1Mi/s', '--buffers', '1Gi'], 1, /buffers 1 GiB 1 GiB/],
    [['--write-rate', '0/s', '--commit-left', '4Gi'], 1, /^Defer: the fork would fail.*4 GiB left/],
    [['--write-rate', '0/s', '--current', '5.999Gi'], 1, /There is no room for any write/],
  ])('answers %j with %d', async (more, expected, words) => {
    const { code, out } = await snapshot([...PLAIN, ...more])
    expect(out.replace(/\s+/g, ' ')).toMatch(words)
    expect(code).toBe(expected)
  })

  it('counts a value and its entry for each write', async () => {
    const pages = async (...more: string[]): Promise<number> => {
      const { out } = await snapshot([...PLAIN, '--writes', '1000/s', ...more, '--json'])
      return JSON.parse(out).setting.load.pagesPerSecond
    }
    expect(await pages()).toBe(2_000)
    expect(await pages('--value-size', '100')).toBe(2_000)
    expect(await pages('--value-size', '10Ki')).toBe(4_000)
  })

  it('takes the duration from how fast it is written', async () => {
    const asked = ['--data', '5Gi', '--limit', '6Gi', '--writes', '1', '--save-rate', '100Mi/s']
    const { out } = await snapshot([...asked, '--json'])
    expect(JSON.parse(out).setting.load.seconds).toBeCloseTo(51.2)
  })

  it('copies huge pages whole only where the kernel does', async () => {
    const asked = [...PLAIN, '--write-rate', '1Mi/s', '--huge-pages']
    expect((await snapshot(asked)).code).toBe(1)
    expect((await snapshot([...asked, '--kernel', '5.7.0'])).code).toBe(1)
    expect((await snapshot([...asked, '--kernel', '5.8'])).code).toBe(0)
    expect((await snapshot([...asked, '--kernel', '6.1.0-50-amd64'])).code).toBe(0)
  })

  it('looks at a target, and asks Redis', async () => {
    const world = aRedis()
    const text = 'used_memory:1\nrdb_last_cow_size:52428800\nrdb_last_bgsave_time_sec:4\n'
    const engine: Partial<Engine> = {
      collectBill: async (target) => ({
        world,
        target,
        asked: {
          ...NOTHING_ASKED,
          answers: [{ pid: 10, id: 'info', ok: true, text, truncated: false }],
        },
      }),
    }
    const { code, out } = await snapshot(['pid:10', '--json'], { engine })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      decision: 'go',
      process: { pid: 10, name: 'redis-server' },
      limitPath: PATH,
      copied: { expectedBytes: 50 * MIB, mostBytes: 100 * MIB, basis: 'last-snapshot' },
      setting: { dataBytes: 300 * MIB, currentBytes: 310 * MIB, limitBytes: 512 * MIB },
    })
    const told = await snapshot(['pid:10', '--writes', '100000', '--duration', '10s'], { engine })
    expect(told.code).toBe(1)
    expect(told.out.replace(/\s+/g, ' ')).toContain(
      `Looked at redis-server (PID 10), below the limit of ${PATH}.`,
    )
  })

  it('takes the data from a recorded INFO', async () => {
    const args = ['--from', 'fixtures/bundles/runtimes/redis-info.txt', '--limit', '64Mi', '--json']
    const { out } = await snapshot(args, { engine: { readFiles } })
    expect(JSON.parse(out)).toMatchObject({ decision: 'go', setting: { limitBytes: 64 * MIB } })
  })

  it('ends with 3 where the target is out of reach', async () => {
    const engine: Partial<Engine> = {
      collectBill: async () => {
        throw unreachableError('no container redis is known', 'docker:redis', 'look for its name')
      },
    }
    const { code, err } = await snapshot(['docker:redis'], { engine })
    expect(code).toBe(3)
    expect(err).toContain('no container redis is known')
  })

  it.each([
    [[], '--data: the size of the data is not known', 'name the process or container'],
    [['--data', '0', '--limit', '1Gi'], '--data: the size of the data is not known', 'give it'],
    [['--data', '1Gi'], '--limit: no limit is known', 'give it'],
    [['--data', '1g', '--limit', '2Gi'], "--data: '1g' could mean two sizes", 'write 1Gi'],
    [[...PLAIN, '--write-rate', 'fast'], "--write-rate: 'fast' is not a rate", '10Mi/h'],
    [[...PLAIN, '--write-rate', '-1Mi/s'], '--write-rate: cannot be negative', '0/s'],
    [[...PLAIN, '--write-rate', '1Mi/s', '--writes', '1'], 'exclude each other', 'one of them'],
    [[...PLAIN, '--save-rate', '1Mi/s'], '--duration and --save-rate', 'one of them'],
    [['--data', '1Gi', '--limit', '2Gi', '--save-rate', '0/s'], '--save-rate: must', '100Mi/s'],
    [[...PLAIN, '--writes', 'many'], "--writes: 'many' is no count", '4000'],
    [[...PLAIN, '--value-size', '1Ki'], '--value-size: has a meaning', 'add --writes'],
    [[...PLAIN, '--writes', '1', '--value-size', '2Gi'], '--value-size: is larger', 'below 1Gi'],
    [['--data', '1Gi', '--duration', 'long'], "--duration: 'long' is not a duration", '90s'],
    [[...PLAIN, '--kernel', 'new'], "--kernel: 'new' is no version", '5.10'],
  ])('ends %j with 2', async (args, what, todo) => {
    const { code, out, err } = await snapshot(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(what)
    expect(err).toContain(todo)
    expect(err.trimEnd()).not.toContain('\n')
  })
})

function aRedis(): World {
  const server = processState({
    pid: 10,
    name: 'redis-server',
    cgroupPaths: [PATH],
    anonRssBytes: 300 * MIB,
    anonHugeBytes: 0,
  })
  const stat = new Map([['anon', 310 * MIB]])
  const group = cgroupState({ path: PATH, version: 2, limitBytes: 512 * MIB, stat })
  return { observations: [seen(server), seen(group)], unknown: [] }
}
