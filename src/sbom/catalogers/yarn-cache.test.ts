import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { yarnCache } from './yarn-cache.ts'

test('finds what an application without node_modules runs out of', async () => {
  expect(shown(await catalogFixture(yarnCache, 'version-4'))).toEqual([
    'npm @types/ms 2.1.0 [MIT] in node_modules/@types/ms/package.json',
    'npm ms 2.1.3 [MIT] in node_modules/ms/package.json',
    'npm once 1.4.0 [ISC] in node_modules/once/package.json',
    'npm wrappy 1.0.2 [ISC] in node_modules/wrappy/package.json',
  ])
})

test('an archive that is none is told', async () => {
  const found = await catalogFile(yarnCache, 'app/.yarn/cache/a.zip', Buffer.from('gone'))
  expect(shown(found)).toEqual(['problem: it is no zip archive'])
})

test('wants the archives of applications and of users, and no others', () => {
  const paths = [
    'app/.yarn/cache/a.zip',
    'root/.yarn/berry/cache/a.zip',
    'app/cache/a.zip',
    'a.zip',
  ]
  expect(selected(yarnCache, paths)).toEqual(paths.slice(0, 2))
})

test('survives damage', async () => {
  const seeds = [...packageFixture('yarn-cache', 'version-4').values()]
  await expectToSurvive(yarnCache, 'app/.yarn/cache/a.zip', seeds)
})
