/** Databases of packages against the tools that write them. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Found } from '../../src/sbom/cataloger.ts'
import { rpmDatabase } from '../../src/sbom/catalogers/rpm-database.ts'
import { must } from '../../scripts/lib/exec.ts'
import { catalogFile } from '../support/cataloged.ts'
import { requireParts } from '../support/parts.ts'
import {
  berkeleyOf,
  buildRpms,
  installRpms,
  killRpm,
  ndbOf,
  rpmTruth,
  rpmTruthOf,
  shownByRpm,
} from '../support/rpm-databases.ts'
import { shown } from '../support/shown-packages.ts'

const DOUBLINGS = 9

describe.skipIf(requireParts('rpm'))('rpm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stella-rpm-'))
  let database = ''
  beforeAll(async () => {
    database = await installRpms(folder, await buildRpms(folder))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const read = (bytes: Uint8Array): Promise<Found[]> =>
    catalogFile(rpmDatabase, 'var/lib/rpm/rpmdb.sqlite', bytes)
  const sqlite = (): string => join(database, 'rpmdb.sqlite')

  test('the database as rpm leaves it, and its log is empty', async () => {
    expect(rpmTruthOf(await read(readFileSync(sqlite())))).toEqual(
      rpmTruth(await shownByRpm(database)),
    )
    expect(statSync(`${sqlite()}-wal`).size).toBe(0)
  })

  test('what a killed rpm has not moved into its database is told', async () => {
    const killed = await killRpm(folder)
    const files = ['rpmdb.sqlite', 'rpmdb.sqlite-wal']
    const found = await Promise.all(
      files.map((name) => catalogFile(rpmDatabase, name, readFileSync(join(killed, name)))),
    )
    expect(await shownByRpm(killed)).toContain('stella-hangs')
    expect(shown(found.flat())).toEqual([
      expect.stringContaining('problem: rpm did not close its database'),
    ])
  })

  test('more than a thousand packages, in each kind of database', async () => {
    const doubled = 'insert into Packages (blob) select blob from Packages;'.repeat(DOUBLINGS)
    await must('sqlite3', [sqlite(), doubled])
    const truth = rpmTruth(await shownByRpm(database))
    expect(truth).toHaveLength(2 * 2 ** DOUBLINGS)
    expect(rpmTruthOf(await read(readFileSync(sqlite())))).toEqual(truth)

    const berkeley = join(folder, 'Packages')
    await berkeleyOf(sqlite(), berkeley, 4096)
    expect(rpmTruthOf(await read(readFileSync(berkeley)))).toEqual(truth)
    expect(rpmTruthOf(await read(await ndbOf(sqlite())))).toEqual(truth)
  })
})
