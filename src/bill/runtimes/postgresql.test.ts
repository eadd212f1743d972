import { describe, expect, it, test } from 'vitest'
import { processState } from '../../../test/support/incident.ts'
import { itemBytes, recordedServer, viewIn, viewOf } from '../../../test/support/servers.ts'
import { GIB, KIB, MIB } from '../../model/bytes.ts'
import type { Answer } from '../../model/question.ts'
import { isIdle, isPostmaster, roleOf } from './postgresql/roles.ts'
import { postgresSettings } from './postgresql/settings.ts'
import { postgresql } from './postgresql.ts'

test.each([
  ['checkpointer ', 'background'],
  ['15/main: checkpointer ', 'background'],
  ['background writer', 'background'],
  ['walwriter', 'background'],
  ['autovacuum launcher', 'background'],
  ['logical replication launcher', 'background'],
  ['stats collector', 'background'],
  ['startup recovering 000000010000000000000001', 'background'],
  ['autovacuum worker shop', 'autovacuum worker'],
  ['parallel worker for PID 42 ', 'parallel worker'],
  ['walsender replicator 10.0.0.7(5432) streaming 0/3000148', 'replication'],
  ['walreceiver streaming 0/3000148', 'replication'],
  ['logical replication apply worker for subscription 16394', 'replication'],
  ['app shop [local] idle', 'client backend'],
  ['main: app shop 10.0.0.7(51234) SELECT', 'client backend'],
  ['checkpointer_user shop [local] idle', 'client backend'],
])('"postgres: %s" is %s', (title, role) => {
  expect(roleOf(processState({ command: [`postgres: ${title}`] }))).toBe(role)
})

test('an idle backend is one in a transaction, too', () => {
  const idle = (title: string): boolean => isIdle(processState({ command: [title] }))
  expect(idle('postgres: app shop [local] idle')).toBe(true)
  expect(idle('postgres: app shop [local] idle in transaction (aborted)')).toBe(true)
  expect(idle('postgres: app shop [local] SELECT')).toBe(false)
})

test('the postmaster is the one without a title, whatever its folder', () => {
  const one = (command: string[], executable: string | null = null): boolean =>
    isPostmaster(processState({ command, executable }))
  expect(one(['/usr/lib/postgresql/15/bin/postgres', '-D', '/data'])).toBe(true)
  expect(one(['postgres'], '/usr/local/bin/postgres')).toBe(true)
  expect(one(['postgres: checkpointer '], '/usr/local/bin/postgres')).toBe(false)
  expect(one(['psql', 'postgres'], '/usr/bin/psql')).toBe(false)
})

describe('settings', () => {
  const settingsOf = (
    main: string,
    more: { auto?: string; command?: string[]; version?: number } = {},
  ) =>
    postgresSettings(
      { main, auto: more.auto ?? null, majorVersion: more.version ?? 15 },
      processState({ command: more.command ?? ['postgres'] }),
    )

  it('have the defaults of PostgreSQL where no file names them', () => {
    expect(settingsOf('# nothing\n')).toEqual({
      sharedBuffersBytes: 128 * MIB,
      workMemBytes: 4 * MIB,
      maintenanceWorkMemBytes: 64 * MIB,
      autovacuumWorkMemBytes: 64 * MIB,
      autovacuumWorkers: 3,
      maxConnections: 100,
      hashMemMultiplier: 2,
      hugePages: 'try',
      includes: [],
    })
    expect(settingsOf('', { version: 14 })?.hashMemMultiplier).toBe(1)
  })

  it.each([
    ['shared_buffers = 16384', 128 * MIB],
    ["shared_buffers = '1GB'", GIB],
    ['shared_buffers 64MB # quarter', 64 * MIB],
    ['SHARED_BUFFERS=1.5GB', 1.5 * GIB],
    ['shared_buffers = 1GB\nshared_buffers = 2GB', 2 * GIB],
    ['#shared_buffers = 1GB', 128 * MIB],
    ['shared_buffers = 8kB', 8 * KIB],
    ['shared_buffers = many', 128 * MIB],
  ])('%j', (main, bytes) => {
    expect(settingsOf(main)?.sharedBuffersBytes).toBe(bytes)
  })

  it('come from the file, then ALTER SYSTEM, then the command line', () => {
    const main = 'work_mem = 8MB\nmaintenance_work_mem = 1GB\nmax_connections = 10\n'
    const auto = "work_mem = '16MB'\n"
    expect(settingsOf(main, { auto })).toMatchObject({
      workMemBytes: 16 * MIB,
      maintenanceWorkMemBytes: GIB,
      autovacuumWorkMemBytes: GIB,
      maxConnections: 10,
    })
    const command = [
      'postgres',
      '-c',
      'work_mem=32MB',
      '--max-connections=20',
      '-B',
      '1000',
      '-cshared_buffers=2000',
    ]
    expect(settingsOf(main, { auto, command })).toMatchObject({
      workMemBytes: 32 * MIB,
      maxConnections: 20,
      sharedBuffersBytes: 2000 * 8 * KIB,
    })
  })

  it('name the files that were not followed', () => {
    expect(settingsOf("include_dir = 'conf.d'\ninclude 'more.conf'")?.includes).toEqual([
      "include_dir 'conf.d'",
      "include 'more.conf'",
    ])
  })

  it('are not known without the file', () => {
    expect(
      postgresSettings({ main: null, auto: null, majorVersion: 15 }, processState()),
    ).toBeNull()
  })
})

test('the configuration is asked for where the command line says it is', () => {
  const ask = (...command: string[]) => {
    const [main] = postgresql.questions(processState({ command }), [])
    return main?.kind === 'file' ? main.path : null
  }
  expect(ask('postgres')).toBe('cwd/postgresql.conf')
  expect(ask('postgres', '-c', 'config_file=/etc/postgresql/15/main/postgresql.conf')).toBe(
    'root/etc/postgresql/15/main/postgresql.conf',
  )
  expect(ask('postgres', '--config-file=/etc/pg.conf')).toBe('root/etc/pg.conf')
})

describe('a recorded server with six clients', () => {
  const recorded = recordedServer('postgresql/backends')
  const view = viewOf(recorded, 'postgresql')
  const told = view.findings.join('\n')

  it('is accounted for, each page once', () => {
    expect(view.version).toBe('PostgreSQL 15')
    const items = view.items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
    expect(items + (view.unattributedBytes ?? 0)).toBe(view.residentBytes)
    expect(Math.abs(view.unattributedBytes ?? Infinity)).toBeLessThan(0.01 * items)
    expect(itemBytes(view, 'backends of clients (6)')).toBeGreaterThan(5 * MIB)
    expect(itemBytes(view, 'shared memory')).toBeGreaterThan(10 * MIB)
  })

  it('reserves its shared memory, of which shared_buffers is the most', () => {
    const shared = view.items.find(({ name }) => name.startsWith('shared memory'))
    expect(shared?.reservedBytes).toBeGreaterThan(128 * MIB)
    expect(shared?.reservedBytes).toBeLessThan(160 * MIB)
    expect(shared?.cap).toMatch(/^shared_buffers 128 MiB/)
  })

  it('tells what its settings promise, and why ps adds up to more', () => {
    expect(told).toMatch(/shared_buffers \(128 MiB\) is 50 % of the limit \(256 MiB\)/)
    expect(told).toMatch(/max_connections 60 × work_mem 8 MiB \+ autovacuum 192 MiB = 800 MiB/)
    expect(told).toMatch(
      /Backend \d+ has \d{2,3}(?:\.\d)? MiB for itself, though it only waits in an open/,
    )
    expect(told).toMatch(/6 connections are open of at most 60, \d idle/)
    expect(told).toMatch(
      /ps adds its processes up to \d{3} MiB, and they take \d{2,3}(?:\.\d)? MiB/,
    )
    expect(told).toMatch(/page cache, too, which is no part of shared_buffers/)
  })

  it('says nothing of limits where there is room', () => {
    const roomy = viewIn({ ...recorded, limitBytes: 4 * GIB }).findings.join('\n')
    expect(roomy).not.toMatch(/40 %|Settings allow/)
  })

  it('says what it could not read', () => {
    const answers = recorded.answers.map(({ pid, id }): Answer => ({
      pid,
      id,
      ok: false,
      why: 'it may not be read',
    }))
    const blind = viewIn({ ...recorded, answers })
    expect(blind.version).toBeNull()
    expect(blind.findings.join('\n')).toMatch(
      /settings are not known \(postgresql.conf: it may not be read\)/,
    )
  })

  it('names a backend that is large, and one that stays so though it is idle', () => {
    const large = (title: string): string => {
      const [pid] = Object.entries(recorded.processes).find(([, { cmdline }]) =>
        cmdline?.includes('[local] idle'),
      ) ?? ['']
      const files = recorded.processes[pid] ?? {}
      const smaps_rollup = (files['smaps_rollup'] ?? '').replace(
        /^Pss_Anon:.*$/m,
        'Pss_Anon: 204800 kB',
      )
      const processes = { ...recorded.processes, [pid]: { ...files, smaps_rollup, cmdline: title } }
      return viewIn({ ...recorded, processes }).findings.join('\n')
    }
    expect(large('postgres: app shop [local] idle\0')).toMatch(
      /has 200 MiB for itself, though it is idle/,
    )
    expect(large('postgres: app shop [local] SELECT\0')).toMatch(
      /has 200 MiB for itself, for the query/,
    )
  })
})
