import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { pnpmLock } from './pnpm-lock.ts'

const VERSIONS = ['version-5', 'version-6', 'version-9']

async function lock(text: string): Promise<string[]> {
  return shown(await catalogFile(pnpmLock, 'app/pnpm-lock.yaml', Buffer.from(text)))
}

test.each(['version-5', 'version-6'])('%s: what is not only to develop', async (name) => {
  expect(shown(await catalogFixture(pnpmLock, name))).toEqual([
    'npm @types/ms 2.1.0 declared',
    'npm ms 2.1.3 declared',
    // Asked for as `mine`.
    'npm wrappy 1.0.2 declared',
  ])
})

test('version 9 does not say what is needed only to develop', async () => {
  expect(shown(await catalogFixture(pnpmLock, 'version-9'))).toEqual([
    'npm @types/ms 2.1.0 declared',
    'npm ms 2.1.3 declared',
    'npm once 1.4.0 declared',
    'npm wrappy 1.0.2 declared',
  ])
})

test.each(VERSIONS)('%s: as many as YAML says', async (name) => {
  for (const bytes of packageFixture('pnpm-lock', name).values()) {
    const { packages } = parse(Buffer.from(bytes).toString())
    const entries: { dev?: boolean }[] = Object.values(packages)
    const found = await catalogFile(pnpmLock, 'pnpm-lock.yaml', bytes)
    expect(found).toHaveLength(entries.filter(({ dev }) => dev !== true).length)
  }
})

test.each([
  ['/a/1.0.0', 'a 1.0.0'],
  ['/@a/b/1.0.0_react@18.2.0', '@a/b 1.0.0'],
  ['/a/1.0.0_@babel+core@7.22.0', 'a 1.0.0'],
  ['registry.acme.com/@a/b/1.0.0', '@a/b 1.0.0'],
  ['/a@1.0.0', 'a 1.0.0'],
  ['/@a/b@1.0.0-rc.1(@babel/core@7.22.0)(react@18.2.0)', '@a/b 1.0.0-rc.1'],
  ["'@a/b@1.0.0'", '@a/b 1.0.0'],
  ['? very-long@1.0.0', 'very-long 1.0.0'],
])('%s is %s', async (key, expected) => {
  const text = `lockfileVersion: '9.0'\n\npackages:\n\n  ${key}:\n    resolution: {integrity: sha512-a}\n`
  expect(await lock(text)).toEqual([`npm ${expected} declared`])
})

test('what is from no registry counts where its name and its version are stated', async () => {
  const text = `packages:

  github.com/acme/a/0123456:
    resolution: {tarball: https://codeload.github.com/acme/a/tar.gz/0123456}
    name: a
    version: 1.0.0

  b@https://codeload.github.com/acme/b/tar.gz/0123:
    resolution: {tarball: https://codeload.github.com/acme/b/tar.gz/0123}
    version: 2.0.0

  c@file:../c:
    resolution: {directory: ../c, type: directory}
`
  expect(await lock(text)).toEqual(['npm a 1.0.0 declared', 'npm b 2.0.0 declared'])
})

test('the same with other peers is told once', async () => {
  const text =
    'packages:\n\n  /a@1.0.0(b@1.0.0):\n    dev: false\n\n  /a@1.0.0(b@2.0.0):\n    dev: false\n'
  expect(await lock(text)).toEqual(['npm a 1.0.0 declared'])
})

test('an entry may hold nothing', async () => {
  expect(await lock('packages:\n\n  a@1.0.0: {}\n')).toEqual(['npm a 1.0.0 declared'])
})

test('what pnpm itself is made of is not of the application', async () => {
  const text = `---
lockfileVersion: '9.0'

importers:

  .:
    packageManagerDependencies:
      pnpm:
        specifier: 11.0.0
        version: 11.0.0

packages:

  pnpm@11.0.0:
    resolution: {integrity: sha512-a}

---
lockfileVersion: '9.0'

packages:

  ms@2.1.3:
    resolution: {integrity: sha512-a}
`
  expect(await lock(text)).toEqual(['npm ms 2.1.3 declared'])
})

test('lock files that packages bring along ask for nothing here', () => {
  const paths = ['app/pnpm-lock.yaml', 'app/node_modules/a/pnpm-lock.yaml']
  expect(selected(pnpmLock, paths)).toEqual(['app/pnpm-lock.yaml'])
})

test('survives damage', async () => {
  const seeds = VERSIONS.flatMap((name) => [...packageFixture('pnpm-lock', name).values()])
  await expectToSurvive(pnpmLock, 'app/pnpm-lock.yaml', seeds)
})
