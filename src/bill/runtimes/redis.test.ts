import { describe, expect, it } from 'vitest'
import { processState } from '../../../test/support/incident.ts'
import { itemBytes, pssOf, recordedServer, viewIn, viewOf } from '../../../test/support/servers.ts'
import type { RecordedServer } from '../../../test/support/servers.ts'
import { MIB } from '../../model/bytes.ts'
import type { RuntimeView } from '../../model/bill.ts'
import { redis } from './redis.ts'

/** A recording whose INFO says something else in places. */
function changed(
  name: string,
  fields: Readonly<Record<string, string | number>>,
  limitBytes?: number | null,
): RuntimeView {
  const recorded = recordedServer(name)
  const answers = recorded.answers.map((answer) => {
    if (!answer.ok) return answer
    let { text } = answer
    for (const [field, value] of Object.entries(fields)) {
      text = text.replace(new RegExp(`^${field}:.*$`, 'm'), `${field}:${value}`)
    }
    return { ...answer, text }
  })
  const limit = limitBytes === undefined ? recorded.limitBytes : limitBytes
  return viewIn({ ...recorded, answers, limitBytes: limit })
}

function answered(text: string): RuntimeView {
  const recorded = recordedServer('redis/empty')
  const answers = recorded.answers.map(({ pid, id }) => ({
    pid,
    id,
    ok: true as const,
    text,
    truncated: false,
  }))
  return viewIn({ ...recorded, answers })
}

function told(view: RuntimeView): string {
  return view.findings.join('\n')
}

function sum(view: RuntimeView): number {
  return view.items.reduce((total, { bytes }) => total + (bytes ?? 0), 0)
}

it('accounts for a server full of data: nearly all of it is dataset', () => {
  const recorded = recordedServer('redis/data')
  const view = viewOf(recorded, 'redis')
  expect(view.version).toBe('Redis 7.0.15')
  expect(itemBytes(view, 'dataset')).toBeGreaterThan(95 * MIB)
  expect(itemBytes(view, 'dataset')).toBeLessThan(98 * MIB)
  expect(view.residentBytes).toBe(pssOf(recorded))
  expect(sum(view) + (view.unattributedBytes ?? 0)).toBe(view.residentBytes)
  expect(view.items[0]).toMatchObject({
    capBytes: 110 * MIB,
    cap: 'maxmemory 110 MiB, noeviction',
  })
})

it('bills parent and fork as one, and what was copied as what only the fork holds', () => {
  const recorded = recordedServer('redis/snapshot')
  const view = viewOf(recorded, 'redis')
  expect(view.residentBytes).toBe(pssOf(recorded))
  expect(itemBytes(view, 'copied')).toBeGreaterThan(40 * MIB)
  expect(sum(view) + (view.unattributedBytes ?? 0)).toBe(view.residentBytes)
  expect(view.findings[0]).toMatch(
    /^A snapshot is being written by process \d+: .*INFO, which is behind/,
  )
})

it('takes a fork for no server of its own', () => {
  const server = processState({ pid: 1, name: 'redis-server', command: ['redis-server *:6379'] })
  const fork = processState({
    pid: 2,
    parentPid: 1,
    name: 'redis-server',
    command: ['redis-rdb-bgsave *:6379'],
  })
  const all = [server, fork]
  expect(all.filter((one) => redis.recognise(one, all))).toEqual([server])
  for (const name of ['valkey-server', 'keydb-server']) {
    expect(redis.recognise(processState({ name }), [])).toBe(true)
  }
  for (const name of ['redis-cli', 'redis-sentinel', 'node']) {
    expect(redis.recognise(processState({ name, command: [name] }), [])).toBe(false)
  }
})

it('knows Valkey by its own version', () => {
  const view = answered('valkey_version:8.0.1\r\nredis_version:7.2.4\r\nused_memory:1000000\r\n')
  expect(view.version).toBe('Valkey 8.0.1')
  expect(itemBytes(view, 'dataset')).toBe(1_000_000)
})

describe('maxmemory', () => {
  it('is missing: the kernel is the only bound', () => {
    expect(told(changed('redis/empty', {}))).toMatch(
      /maxmemory is not set: .* kills it at 128 MiB\. Set it to at most 96 MiB here\./,
    )
    expect(told(changed('redis/empty', {}, null))).toMatch(/no limit is known: .* machine is full/)
  })

  it('leaves half of the limit to snapshots where there are some', () => {
    const view = changed('redis/empty', { rdb_saves: 3 }, 1024 * MIB)
    expect(told(view)).toContain('Set it to at most 512 MiB here.')
  })

  it('is above the limit, too near it, or far enough below', () => {
    const at = (maxmemory: number, limit: number): string =>
      told(changed('redis/data', { maxmemory: maxmemory * MIB }, limit * MIB))
    expect(at(256, 256)).toMatch(/is not below the limit \(256 MiB\): the kernel kills before/)
    expect(at(200, 256)).toMatch(
      /maxmemory \(200 MiB\) is too near the limit \(256 MiB\): full, Redis takes about 2[67]\d MiB/,
    )
    expect(at(120, 256)).not.toMatch(/too near|not below/)
  })

  it('counts replica and AOF buffers, which stand outside of it', () => {
    const view = changed(
      'redis/data',
      { maxmemory: 120 * MIB, mem_not_counted_for_evict: 100 * MIB },
      256 * MIB,
    )
    expect(told(view)).toMatch(/too near the limit .* 100 MiB of buffers/)
  })

  it('bounds less than what is resident', () => {
    expect(told(changed('redis/data', { maxmemory: 100 * MIB }, null))).toMatch(
      /are resident, more than maxmemory \(100 MiB\)/,
    )
  })

  it('refuses writes under noeviction, and says when it is full', () => {
    expect(told(changed('redis/data', {}))).toMatch(/noeviction: at 110 MiB writes fail/)
    expect(told(changed('redis/data', { maxmemory: 90 * MIB }))).toMatch(/It is full now\./)
    expect(told(changed('redis/data', { maxmemory_policy: 'allkeys-lru' }))).not.toMatch(
      /writes fail/,
    )
  })
})

it('tells real fragmentation from a ratio that means nothing', () => {
  expect(told(changed('redis/fragmented', {}))).toMatch(
    /allocator holds 2\d\d MiB that Redis has freed \([678]\.\d\d bytes/,
  )
  expect(told(changed('redis/empty', {}))).toMatch(
    /mem_fragmentation_ratio [\d.]+ means nothing here/,
  )
  expect(told(changed('redis/data', {}))).not.toMatch(/fragmentation_ratio|allocator holds/)
})

it('warns of huge pages, swap and a failed snapshot', () => {
  const recorded = recordedServer('redis/data')
  const processes = Object.fromEntries(
    Object.entries(recorded.processes).map(([pid, files]) => [
      pid,
      {
        ...files,
        status: (files['status'] ?? '').replace(/^VmSwap:.*$/m, 'VmSwap:\t 20480 kB'),
        smaps_rollup: (files['smaps_rollup'] ?? '').replace(
          /^AnonHugePages:.*$/m,
          'AnonHugePages:  81920 kB',
        ),
      },
    ]),
  )
  const view = viewIn({ ...recorded, processes })
  expect(told(view)).toMatch(/80 MiB of it are transparent huge pages: .* 2 MiB instead of 4 KiB/)
  expect(told(view)).toMatch(/20 MiB of it are swapped out/)
  expect(told(changed('redis/data', { rdb_last_bgsave_status: 'err' }))).toMatch(/snapshot failed/)
})

describe('a server that does not tell', () => {
  it('says why, and what to do', () => {
    const view = viewOf(recordedServer('redis/password'), 'redis')
    expect(view).toMatchObject({ version: null, items: [] })
    expect(view.unattributedBytes).toBe(view.residentBytes)
    expect(told(view)).toMatch(/wants a password: set REDISCLI_AUTH and ask again/)
  })

  it.each([
    [
      '-WRONGPASS invalid username-password pair or user is disabled.\r\n',
      /does not take the password/,
    ],
    ['-ERR invalid password\r\n-NOAUTH Authentication required.\r\n', /does not take the password/],
    ["-NOPERM this user has no permissions to run the 'info' command\r\n", /may not call INFO/],
    ["-ERR unknown command 'INFO', with args beginning with: \r\n", /renamed or turned off/],
    ['\u0015\u0003\u0001', /TLS/],
  ])('%j', (text, says) => {
    const view = answered(text)
    expect(view.items).toEqual([])
    expect(told(view)).toMatch(says)
  })
})

it('quotes a password so that no byte of it ends its line', () => {
  const [question] = redis.questions(processState(), [])
  const login = question?.kind === 'talk' ? question.login : undefined
  expect(login?.compose('a"\r\nSHUTDOWN é')).toBe(
    'AUTH "\\x61\\x22\\x0d\\x0a\\x53\\x48\\x55\\x54\\x44\\x4f\\x57\\x4e\\x20\\xc3\\xa9"\r\n',
  )
})

it('does not make up shares where they could not be read', () => {
  const recorded = recordedServer('redis/data')
  const processes: Record<string, Record<string, string>> = {}
  for (const [pid, { smaps_rollup: _denied, ...files }] of Object.entries(recorded.processes)) {
    processes[pid] = files
  }
  const denied: RecordedServer = { ...recorded, processes }
  const view = viewIn(denied)
  expect(view.items.at(-1)?.source).toBe('status RssFile')
  expect(sum(view) + (view.unattributedBytes ?? 0)).toBe(view.residentBytes)
})
