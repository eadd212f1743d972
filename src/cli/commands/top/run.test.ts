import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import { holdDocuments } from '../../../../test/support/documents.ts'
import { fakeReader } from '../../../../test/support/fake-reader.ts'
import { StellaError } from '../../../model/errors.ts'
import type { CliIo } from '../../context.ts'
import { runTop } from './run.ts'
import type { TopFlags } from './flags.ts'

const ID = 'ab'.repeat(32)
const MOUNT = '25 20 0:22 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n'
const GROUP = `sys/fs/cgroup/docker/${ID}`
const FILES = {
  'proc/self/mountinfo': MOUNT,
  'proc/meminfo':
    'MemTotal:  1048576 kB\nMemAvailable:  524288 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
  'sys/fs/cgroup/memory.usage_in_bytes': '8388608\n',
  [`${GROUP}/memory.usage_in_bytes`]: '4194304\n',
  [`${GROUP}/memory.limit_in_bytes`]: '33554432\n',
  [`${GROUP}/memory.failcnt`]: '3\n',
  [`${GROUP}/memory.stat`]:
    'total_cache 1048576\ntotal_rss 2097152\ntotal_shmem 0\ntotal_inactive_file 1048576\n',
  [`${GROUP}/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 0\noom_kill 4\n',
  [`${GROUP}/cgroup.procs`]: '7\n8\n',
}

/** What it prints about a machine made of files. */
async function top(
  flags: Partial<TopFlags>,
  files: Readonly<Record<string, string>> = FILES,
): Promise<string> {
  using reader = fakeReader({ files })
  let out = ''
  const io: CliIo = {
    out: (text) => (out += text),
    err() {},
    stdin: async function* () {},
    env: {},
    drained: async () => {},
    becomeLean: () => {},
    mayGoUnread: () => {},
    terminal: null,
    now: () => 0,
  }
  const all = { sort: 'usage', interval: 1, ...flags } as const
  await runTop(io, all, { reader, loadEngines: async () => [], drill: async () => [] })
  return out
}

describe('plain rows', () => {
  it('are one round of the machine and each group, with whole names', async () => {
    const lines = (await top({})).trimEnd().split('\n')
    expect(lines[0]).toBe('host 512Mi of 1Gi available (50%)  no swap  PSI some - full -  OOM -')
    expect(lines[1]).toMatch(/^NAME +USAGE +CHARGE +LIMIT +% +HITS\/s/)
    const container = lines.find((line) => line.startsWith('docker:abababababab'))
    expect(container?.split(/ {2,}/)).toEqual([
      'docker:abababababab',
      '3Mi',
      '4Mi',
      '32Mi',
      '9.4%',
      '-',
      '-',
      '-',
      '-',
      '0',
      '2',
      '-',
      '2 processes may not be read',
    ])
  })

  it('are rows alone where few words are asked for', async () => {
    const lines = (await top({ quiet: true })).trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines.join('')).not.toContain('host 512Mi')
  })

  it('come as often as they were asked for', async () => {
    expect((await top({ count: 3 })).match(/^NAME/gm)).toHaveLength(3)
  })

  it('say what could not be read', async () => {
    const damaged = { ...FILES, [`${GROUP}/memory.usage_in_bytes`]: '-1\n' }
    expect(await top({}, damaged)).toMatch(/memory.usage_in_bytes is no possible number/)
  })
})

describe('--json', () => {
  it('is one document on a line for each round, sorted like the rows', async () => {
    const documents = (await top({ json: true, count: 2 })).trimEnd().split('\n').map(parsed)
    expect(documents).toHaveLength(2)
    expect(documents[1]).toEqual({
      schema: 'stella.top/1',
      at: '2023-11-14T22:13:20.000Z',
      cgroupVersion: 1,
      host: {
        totalBytes: 2 ** 30,
        availableBytes: 2 ** 29,
        swapTotalBytes: 0,
        swapFreeBytes: 0,
        pressure: null,
        oomKills: null,
      },
      groups: [
        expect.objectContaining({
          path: '/',
          usageBytes: null,
          chargeBytes: 8 * 2 ** 20,
          limit: {
            scope: 'host',
            path: null,
            bytes: 2 ** 30,
            usedBytes: 2 ** 29,
            headroomBytes: 2 ** 29,
          },
        }),
        expect.objectContaining({
          name: 'docker:abababababab',
          path: `/docker/${ID}`,
          container: { id: ID, engine: 'docker', name: null },
          removed: false,
          usageBytes: 3 * 2 ** 20,
          chargeBytes: 4 * 2 ** 20,
          unreclaimableBytes: 3 * 2 ** 20,
          limit: {
            scope: 'own',
            path: `/docker/${ID}`,
            bytes: 2 ** 25,
            usedBytes: 3 * 2 ** 20,
            headroomBytes: 29 * 2 ** 20,
          },
          percent: 9.4,
          highBytes: null,
          pressure: null,
          growthBytesPerMinute: null,
          timeLeft: 'unknown',
          secondsToLimit: null,
          oomKills: 0,
          processes: 2,
          biggest: null,
          notes: ['2 processes may not be read'],
        }),
      ],
      unknown: [],
    })
  })
})

it('every field of the document is explained in the guide', async () => {
  const guide = readFileSync(new URL('../../../../docs/guides/top.md', import.meta.url), 'utf8')
  const text = await top({ json: true })
  holdDocuments(text)
  const document = JSON.parse(text)
  const fields = [
    ...Object.keys(document),
    ...Object.keys(document.host),
    ...Object.keys(document.groups[0]).map((field) => `.${field}`),
    ...Object.keys(document.groups[0].limit),
  ]
  const known = ['schema', 'groups']
  expect(
    fields.filter((field) => !known.includes(field) && !guide.includes(`\`${field}\``)),
  ).toEqual([])
})

describe('what cannot be watched', () => {
  async function failure(files: Readonly<Record<string, string>>): Promise<unknown> {
    return top({}, files).catch((error: unknown) =>
      error instanceof StellaError ? [error.exitCode, error.line] : error,
    )
  }

  it('is a machine without cgroups', async () => {
    expect(await failure({})).toEqual([
      3,
      "stella: /proc/self/mountinfo: no cgroup file system is mounted here; run it on the machine itself, or mount the machine's /sys/fs/cgroup into the container",
    ])
  })

  it('is one whose memory controller is off', async () => {
    const files = { 'proc/self/mountinfo': MOUNT, 'sys/fs/cgroup/cgroup.procs': '1\n' }
    expect(await failure(files)).toEqual([
      3,
      'stella: /sys/fs/cgroup: no group has a memory controller; start the machine with cgroup_enable=memory, or run it where the memory groups are mounted',
    ])
  })
})

it.each([
  [
    ['--sort', 'memory'],
    "'memory' is not one of usage, percent, pressure, growth, time, dirty, name",
  ],
  [
    ['--interval', '500ms'],
    "--interval: '500ms' is not a duration; write it as 90s, 30m, 1h or 7d",
  ],
  [['--interval', '2h'], "--interval: '2h' is too long between two rounds; use 1s up to 1h"],
  [['--count', '0'], "--count: '0' is not a count; use a whole number from 1 to 1000000"],
  [['--once', '--count', '2'], '--once and --count exclude each other; choose one of them'],
])('stella top %j is a wrong call', async (args, complaint) => {
  const { code, out, err } = await stella(['top', ...args])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(complaint)
})

function parsed(line: string): unknown {
  return JSON.parse(line)
}
