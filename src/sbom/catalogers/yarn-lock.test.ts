import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { yarnLock } from './yarn-lock.ts'

async function lock(text: string): Promise<string[]> {
  return shown(await catalogFile(yarnLock, 'app/yarn.lock', Buffer.from(text)))
}

test('Yarn 1: one for each range that is asked for', async () => {
  expect(shown(await catalogFixture(yarnLock, 'version-1'))).toEqual([
    'npm @types/ms 2.1.0 declared',
    // Asked for as `mine`.
    'npm wrappy 1.0.2 declared',
    'npm ms 2.1.3 declared',
    'npm once 1.4.0 declared',
    'npm wrappy 1.0.2 declared',
  ])
})

test('Yarn 4: packages, and neither the application nor what the file says of itself', async () => {
  expect(shown(await catalogFixture(yarnLock, 'version-4'))).toEqual([
    'npm @types/ms 2.1.0 declared',
    'npm wrappy 1.0.2 declared',
    'npm ms 2.1.3 declared',
    'npm once 1.4.0 declared',
  ])
})

test('Yarn 1: names that were asked for count where no address names the package', async () => {
  const text = `# yarn lockfile v1

"@a/b@^1.0.0", "@a/b@^1.1.0":
  version "1.1.0"

c@acme/c#main:
  version "2.0.0"
  resolved "https://codeload.github.com/acme/c/tar.gz/0123"

"d@npm:@e/f@^3.0.0":
  version "3.0.0"
  dependencies:
    version "^9.0.0"

"g@file:../g":
  version "4.0.0"

"h@^5.0.0":
  "integrity" "sha512-a"
  "resolved" "https://registry.npmjs.org/h/-/h-5.0.0.tgz"
  "version" "5.0.0"
`
  expect(await lock(text)).toEqual([
    'npm @a/b 1.1.0 declared',
    'npm c 2.0.0 declared',
    'npm @e/f 3.0.0 declared',
    'npm h 5.0.0 declared',
  ])
})

test('Yarn 4: with a patch it is still the package; what lies in a folder is none', async () => {
  const text = `"typescript@patch:typescript@npm%3A5.0.4#optional!builtin<compat/typescript>":
  version: 5.0.4
  resolution: "typescript@patch:typescript@npm%3A5.0.4#optional!builtin<compat/typescript>::version=5.0.4&hash=b5f058"
  linkType: hard

"part@link:../part::locator=shop%40workspace%3A.":
  version: 0.0.0-use.local
  resolution: "part@link:../part::locator=shop%40workspace%3A."
  linkType: soft

? "long@npm:^1.0.0, long@npm:^1.0.1"
:
  version: 1.0.1
  resolution: "long@npm:1.0.1"
`
  expect(await lock(text)).toEqual(['npm typescript 5.0.4 declared', 'npm long 1.0.1 declared'])
})

test('lock files that packages bring along ask for nothing here', () => {
  const paths = ['app/yarn.lock', 'usr/lib/python3/dist-packages/lab/staging/yarn.lock']
  expect(selected(yarnLock, paths)).toEqual(['app/yarn.lock'])
})

test('survives damage', async () => {
  const seeds = ['version-1', 'version-4'].flatMap((name) => [
    ...packageFixture('yarn-lock', name).values(),
  ])
  await expectToSurvive(yarnLock, 'app/yarn.lock', seeds)
})
