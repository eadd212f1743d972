import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { Case } from '../../src/model/case.ts'
import type { JournalEntry } from '../../src/store/cases.ts'
import { connectionsTo } from '../../src/store/database/connections.ts'
import { openEmbedded, openServer } from '../../src/store/database/open.ts'
import { MIGRATIONS } from '../../src/store/database/schema.ts'
import type { Tables } from '../../src/store/database/schema.ts'
import type { Database, HostIdentity } from '../../src/store/database/types.ts'
import { createGroup } from '../support/cgroups.ts'
import { caseEntry as entry, ENGINES } from '../support/databases.ts'
import type { Engine } from '../support/databases.ts'
import { requireParts } from '../support/parts.ts'
import { SAMPLE_PROCESS, sampleCase } from '../support/sample-case.ts'
import { startPostgres } from '../support/server-starters.ts'
import { testbedFolder } from '../support/testbed.ts'

const HOST: HostIdentity = { id: 'a1', name: 'one' }
const OTHER: HostIdentity = { id: 'b2', name: 'two' }
const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 21)

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(name, () => {
    let engine: Engine
    let database: Database

    beforeAll(async () => {
      engine = await start()
      database = await engine.open()
    }, 120_000)
    afterAll(async () => {
      await database.close()
      await engine.end()
    })
    beforeEach(async () => {
      // Everything is older than this.
      await database.tidy(NOW + 1_000 * DAY, { maxAgeMs: 0, maxBytes: 0 })
    })

    const ids = async (query: Partial<Parameters<Database['cases']>[0]> = {}): Promise<string[]> =>
      (await database.cases({ limit: 100, ...query })).cases.map(({ id }) => id)

    it('keeps a case whole, and gives it back by the beginning of its id', async () => {
      await database.take(HOST, [entry('1', NOW)])
      const kept = await database.case('c_00')
      expect(kept?.case).toEqual(sampleCase({ id: 'c_0001', at: NOW }))
      expect(kept).toMatchObject({ host: HOST, revision: 1, recordedAt: NOW + 5 })
      expect(await database.case('c_9')).toBeNull()
      expect(await database.case('%')).toBeNull()
    })

    it('takes each entry once, however often it is sent, and of an incident the latest revision', async () => {
      const first = entry('1', NOW)
      const better = entry(
        '1',
        NOW,
        { subject: { platform: 'docker', name: 'better', id: 'x', image: null } },
        2,
      )
      const sent: JournalEntry[] = [
        first,
        entry('2', NOW + 1),
        { kind: 'watch', at: NOW, what: 'blind', source: 'docker', says: 'docker is not heard' },
      ]
      expect(await database.take(HOST, sent)).toHaveLength(3)
      expect(await database.take(HOST, sent)).toEqual([])
      expect(await database.take(HOST, [first, better])).toEqual([better])
      expect(await database.take(HOST, [first])).toEqual([])
      expect((await database.case('c_0001'))?.subject.name).toBe('better')
      expect(await database.take(OTHER, [first])).toHaveLength(1)
      expect([...(await database.counts())]).toEqual([['oom-own-limit', 3]])
    })

    it('takes nothing of a delivery that breaks in the middle', async () => {
      const broken = entry('2', NOW)
      const wrong = { ...broken, revision: 1e12 }
      await expect(database.take(HOST, [entry('1', NOW), wrong])).rejects.toMatchObject({
        exitCode: 3,
      })
      expect(await ids()).toEqual([])
    })

    it('lists the newest first, page by page, without gap or repetition', async () => {
      const entries = Array.from({ length: 57 }, (_, at) => entry(`${at}`, NOW + (at % 10) * 1_000))
      await database.take(HOST, entries.slice(0, 30))
      await database.take(OTHER, entries.slice(20))
      const seen: string[] = []
      let after: string | null | undefined
      do {
        const page = await database.cases({ limit: 10, after: after ?? undefined })
        seen.push(...page.cases.map(({ host, incident }) => `${host.id} ${incident}`))
        after = page.next
      } while (after !== null)
      expect(seen).toHaveLength(67)
      expect(new Set(seen).size).toBe(67)
    })

    it('finds by verdict, host, time, and a part of the name', async () => {
      const named = (text: string): Partial<Case> => ({
        subject: { platform: 'docker', name: text, id: 'f00d', image: 'shop/web:1' },
      })
      const { verdict } = sampleCase()
      await database.take(HOST, [
        entry('1', NOW - 5 * DAY, named('50%_done')),
        entry('2', NOW, { ...named('web-1'), verdict: { ...verdict, code: 'killed-unknown' } }),
      ])
      await database.take(OTHER, [entry('3', NOW + 1, named('WEB-2'))])
      expect(await ids({ search: 'web-' })).toEqual(['c_0003', 'c_0002'])
      expect(await ids({ search: '0%_d' })).toEqual(['c_0001'])
      expect(await ids({ search: '%' })).toEqual(['c_0001'])
      expect(await ids({ search: "'; drop table cases; --" })).toEqual([])
      expect(await ids({ verdict: 'killed-unknown' })).toEqual(['c_0002'])
      expect(await ids({ host: 'b2' })).toEqual(['c_0003'])
      expect(await ids({ since: NOW })).toEqual(['c_0003', 'c_0002'])
      expect(await ids({ after: 'nonsense' })).toHaveLength(3)
    })

    it('takes texts that a database does not, and keeps no secret', async () => {
      const subject = { platform: 'docker', name: 'a\0b\uD800', id: null, image: null } as const
      const verdict = { ...sampleCase().verdict, summary: 'ran with --password=hunter2secret' }
      await database.take(HOST, [entry('1', NOW, { subject, verdict })])
      const kept = await database.case('c_0001')
      expect(kept?.subject.name).toBe('a\uFFFDb\uFFFD')
      expect(JSON.stringify(kept)).not.toContain('hunter2secret')
    })

    it('takes a case whose victim has a number that no process has, and names no victim then', async () => {
      for (const [at, pid] of [2 ** 40, 1.5, -1].entries()) {
        const victim = { ...SAMPLE_PROCESS, pid }
        await database.take(HOST, [entry(String(at), NOW + at, { victims: [victim] })])
      }
      const { cases } = await database.cases({ limit: 10 })
      expect(cases.map((one) => one.victim)).toEqual([null, null, null])
    })

    it('knows its hosts, and what each cannot see', async () => {
      await database.take(HOST, [
        { kind: 'watch', at: NOW, what: 'blind', source: 'docker', says: 'docker is not heard' },
      ])
      await database.take({ ...HOST, name: 'renamed' }, [entry('1', NOW + DAY)])
      expect((await database.hosts()).find(({ id }) => id === 'a1')).toMatchObject({
        name: 'renamed',
        lastSeen: NOW + DAY + 5,
        blind: 'docker is not heard',
      })
      await database.take(HOST, [
        {
          kind: 'watch',
          at: NOW + 1,
          what: 'sees',
          source: 'docker',
          says: 'docker answers again',
        },
      ])
      expect((await database.hosts()).find(({ id }) => id === 'a1')?.blind).toBeNull()
      const blind = {
        kind: 'watch',
        what: 'blind',
        source: 'docker',
        says: 'docker is not heard',
      } as const
      const started = {
        kind: 'watch',
        what: 'started',
        source: null,
        says: 'the watch began',
      } as const
      await database.take(HOST, [
        { ...blind, at: NOW + 2 },
        { ...started, at: NOW + 3 },
      ])
      expect((await database.hosts()).find(({ id }) => id === 'a1')?.blind).toBeNull()
      // What is said at the very beginning counts.
      await database.take(HOST, [
        { ...started, at: NOW + 4 },
        { ...blind, at: NOW + 4 },
      ])
      expect((await database.hosts()).find(({ id }) => id === 'a1')?.blind).toBe(
        'docker is not heard',
      )
    })

    it('keeps warnings by group', async () => {
      const { subject } = sampleCase()
      const warning = {
        subject,
        path: '/a',
        level: 'critical',
        says: 'near',
        usedBytes: 95,
        limitBytes: 100,
        secondsToLimit: null,
        bill: null,
      } as const
      await database.take(HOST, [
        { kind: 'warning', at: NOW, warning },
        { kind: 'warning', at: NOW + 1, warning: { ...warning, path: '/b' } },
      ])
      expect(await database.warnings({ limit: 10, path: '/a' })).toMatchObject([
        { path: '/a', level: 'critical', usedBytes: 95, at: NOW, host: HOST },
      ])
      expect(await database.warnings({ limit: 1 })).toMatchObject([{ path: '/b' }])
    })

    it('drops what is old, and the oldest where it is too large', async () => {
      const entries = Array.from({ length: 20 }, (_, at) => entry(`${at}`, NOW - at * DAY))
      await database.take(HOST, entries)
      expect(await database.tidy(NOW, { maxAgeMs: 9.5 * DAY, maxBytes: MIB })).toBe(10)
      expect(await ids()).toHaveLength(10)
      const one = JSON.stringify(sampleCase()).length
      await database.tidy(NOW, { maxAgeMs: 9.5 * DAY, maxBytes: one * 5 })
      const left = await ids()
      expect(left.length).toBeGreaterThan(0)
      expect(left.length).toBeLessThan(6)
      expect(left[0]).toBe('c_0000')
    })

    it('is opened again with all that was in it', async () => {
      await database.take(HOST, [entry('1', NOW)])
      await database.close()
      database = await engine.open()
      expect(await ids()).toEqual(['c_0001'])
      expect(await database.ping()).toBe(true)
    })
  })
}

describe.skipIf(requireParts('root'))('the folder of the embedded database', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(testbedFolder('databases'), 'folder-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('has one owner', async () => {
    const first = await openEmbedded(folder, NOW)
    await expect(openEmbedded(folder, NOW)).rejects.toMatchObject({
      exitCode: 3,
      message: `process ${process.pid} has the database open`,
    })
    await first.close()
    await (await openEmbedded(folder, NOW)).close()
  })

  it('is closed to everybody else', async () => {
    await (await openEmbedded(folder, NOW)).close()
    expect(statSync(join(folder, 'database')).mode & 0o777).toBe(0o700)
  })

  it('of each earlier version is brought up to date with all that is in it', async () => {
    const names = Object.keys(MIGRATIONS)
    for (const name of names) {
      const data = join(folder, name)
      const database = join(data, 'database')
      mkdirSync(data)
      const db = new Kysely<Tables>({
        dialect: new PGliteDialect({ pglite: await PGlite.create(database) }),
      })
      const provider = { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) }
      const { error } = await new Migrator({ db, provider }).migrateTo(name)
      expect(error).toBeUndefined()
      const host = { id: 'a1', name: 'one', first_seen: new Date(NOW), last_seen: new Date(NOW) }
      await db.insertInto('hosts').values(host).execute()
      await db.destroy()
      const opened = await openEmbedded(data, NOW)
      expect(await opened.hosts(), name).toMatchObject([{ id: 'a1' }])
      expect(await opened.alerts({ limit: 1, now: NOW })).toEqual([])
      expect(await opened.cases({ limit: 1 })).toEqual({ cases: [], next: null })
      await opened.close()
    }
  })

  it('loses nothing that was taken when its owner is killed at any moment', async () => {
    await (await openEmbedded(folder, NOW)).close()
    const program = `
      const [, folder] = process.argv
      const { openEmbedded } = await import(${JSON.stringify(new URL('../../src/store/database/open.ts', import.meta.url).href)})
      const { sampleCase } = await import(${JSON.stringify(new URL('../support/sample-case.ts', import.meta.url).href)})
      const database = await openEmbedded(folder, Date.now())
      for (let at = Number(process.argv[2]); ; at++) {
        const entry = { kind: 'case', at, incident: String(at), revision: 1, case: sampleCase({ id: 'c_' + at, at }) }
        await database.take({ id: 'h', name: 'h' }, [entry])
        process.stdout.write(at + '\\n')
      }
    `
    let taken = 0
    for (let round = 1; round <= 3; round++) {
      const args = ['--input-type=module', '--eval', program, folder, String(round * 1_000_000)]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      let out = ''
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString()
        if (out.split('\n').length > 15 * round) child.kill('SIGKILL')
      })
      await new Promise((resolve) => child.on('close', resolve))
      taken += out.split('\n').length - 1
    }
    const database = await openEmbedded(folder, NOW)
    const { cases } = await database.cases({ limit: 500 })
    // One more of each round may be in it, which was not told yet.
    expect(cases.length).toBeGreaterThanOrEqual(taken)
    expect(cases.length).toBeLessThanOrEqual(taken + 3)
    await database.close()
  })
})

describe.skipIf(requireParts('root', 'postgresql'))('a server that goes away', () => {
  it('between two statements of a transaction: the next one says so, and we live on', async () => {
    const folder = mkdtempSync(join(testbedFolder('databases'), 'gone-'))
    const group = createGroup('postgres-gone')
    try {
      const server = await startPostgres(group, folder, 'shared_buffers = 16MB\n')
      const pool = connectionsTo(
        `postgres:///postgres?host=${encodeURIComponent(folder)}&user=postgres`,
      )
      const held = await pool.connect()
      await held.query('begin')
      const broken = new Promise((resolve) => held.once('end', resolve))
      await server.stop()
      await broken
      await expect(held.query('select 1')).rejects.toThrow(/not queryable|terminat/)
      held.release(true)
      await pool.end()
    } finally {
      await group.remove()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('a server that is not there', () => {
  it('is told without its password', async () => {
    const opening = openServer('postgres://me:hunter2@127.0.0.1:1/stella')
    await expect(opening).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('ECONNREFUSED'),
    })
    await opening.catch((error: unknown) =>
      expect(JSON.stringify(error) + String(error)).not.toContain('hunter2'),
    )
  })
})
