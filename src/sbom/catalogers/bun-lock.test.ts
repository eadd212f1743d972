import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { bunLock } from './bun-lock.ts'

test('finds all that it names, by their own names', async () => {
  expect(shown(await catalogFixture(bunLock, 'bun'))).toEqual([
    'npm @types/ms 2.1.0 declared',
    'npm wrappy 1.0.2 declared',
    'npm ms 2.1.3 declared',
    'npm once 1.4.0 declared',
    'npm wrappy 1.0.2 declared',
  ])
})

test('what is from no registry is left out', async () => {
  const text = `{ "lockfileVersion": 1, "packages": {
    "part": ["part@workspace:packages/part"],
    "a": ["a@file:../a", {}],
    "b": ["b@github:acme/b#0123", {}, "acme-b-0123"],
    "c/@d/e": ["@d/e@1.0.0", "", {}, "sha512-x"],
  } }`
  const found = await catalogFile(bunLock, 'app/bun.lock', Buffer.from(text))
  expect(shown(found)).toEqual(['npm @d/e 1.0.0 declared'])
})

test('survives damage', async () => {
  await expectToSurvive(bunLock, 'app/bun.lock', [...packageFixture('bun-lock', 'bun').values()])
})
