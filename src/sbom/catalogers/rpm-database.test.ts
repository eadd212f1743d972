import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REPO } from '../../../scripts/lib/repo.ts'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { rpmTruth, rpmTruthOf } from '../../../test/support/rpm-databases.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { rpmDatabase } from './rpm-database.ts'

const TRUTH = readFileSync(join(REPO, 'fixtures/packages/rpm-database/rpm-qa.tsv'), 'utf8')
const PATH = 'var/lib/rpm/rpmdb.sqlite'

/** The same packages; one of them has a header of many pages. */
describe.each(['sqlite', 'berkeley-4096', 'berkeley-16384', 'ndb-by-hand'])('%s', (kind) => {
  test('all packages are found, and rpm says the same', async () => {
    const found = await catalogFixture(rpmDatabase, kind)
    expect(shown(found).toSorted()).toEqual([
      'rpm stella-libs 0.9~rc1^git7-1 arch=x86_64 upstream=stella-libs-0.9~rc1^git7-1.src.rpm [BSD-3-Clause]',
      'rpm stella-tool 1.4.2-3.fx1 arch=noarch upstream=stella-tool-1.4.2-3.fx1.src.rpm epoch=2 rpmmod=stella:1:20260101:abcdef12 [MIT and (Apache-2.0 or GPL-2.0-only)]',
    ])
    expect(rpmTruthOf(found)).toEqual(rpmTruth(TRUTH))
  })

  test('damaged ones', async () => {
    await expectToSurvive(rpmDatabase, PATH, [...packageFixture('rpm-database', kind).values()])
  })

  test('what is cut off is told', async () => {
    const [bytes = new Uint8Array()] = packageFixture('rpm-database', kind).values()
    const found = await catalogFile(rpmDatabase, PATH, bytes.slice(0, bytes.length - 18_000))
    expect(found.filter((one) => one.kind === 'problem')).toHaveLength(1)
    expect(found.filter((one) => one.kind === 'package').length).toBeLessThan(2)
  })
})

test('a log with changes belongs to an rpm that was killed, one without to any other', async () => {
  const log = (bytes: number) => catalogFile(rpmDatabase, `${PATH}-wal`, new Uint8Array(bytes))
  expect(shown(await log(0))).toEqual([])
  expect(shown(await log(4152))).toEqual([
    'problem: rpm did not close its database: changes in this log are not counted, where they are not in rpmdb.sqlite too',
  ])
})

test('what is no database is told, an empty file is none', async () => {
  expect(shown(await catalogFile(rpmDatabase, PATH, Buffer.from('hello')))).toEqual([
    'problem: it is none of the kinds of databases that rpm has',
  ])
  expect(await catalogFile(rpmDatabase, PATH, Buffer.alloc(0))).toEqual([])
})

test.each([
  ['var/lib/rpm/Packages', true],
  ['usr/lib/sysimage/rpm/Packages.db', true],
  ['usr/share/rpm/rpmdb.sqlite', true],
  ['var/lib/apt/lists/Packages', false],
  ['usr/share/rpm/sub/Packages', false],
])('%s: %s', (path, isWanted) => {
  expect(rpmDatabase.selects.accepts?.(path)).toBe(isWanted)
})
