import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { npmLock } from './npm-lock.ts'

async function lock(content: unknown): Promise<string[]> {
  const bytes = Buffer.from(JSON.stringify(content))
  return shown(await catalogFile(npmLock, 'app/package-lock.json', bytes))
}

test.each(['version-2', 'version-3'])('%s: what is not only to develop', async (name) => {
  expect(shown(await catalogFixture(npmLock, name))).toEqual([
    'npm @types/ms 2.1.0 [MIT] declared',
    // Asked for as `mine`.
    'npm wrappy 1.0.2 [ISC] declared',
    'npm ms 2.1.3 [MIT] declared',
  ])
})

test('version 1 knows no licences', async () => {
  expect(shown(await catalogFixture(npmLock, 'version-1'))).toEqual([
    'npm @types/ms 2.1.0 declared',
    'npm wrappy 1.0.2 declared',
    'npm ms 2.1.3 declared',
  ])
})

test('npm-shrinkwrap.json is the same', async () => {
  const found = shown(await catalogFixture(npmLock, 'shrinkwrap'))
  expect(found).toContain('npm JSONStream 0.8.4 declared')
  expect(found).toHaveLength(10)
})

test('finds what lies below others, and neither links nor workspaces', async () => {
  const packages = {
    '': { name: 'shop', version: '1.0.0' },
    'packages/part': { name: '@shop/part', version: '1.0.0' },
    'packages/part/node_modules/a': { version: '1.0.0' },
    'node_modules/@shop/part': { resolved: 'packages/part', link: true },
    'node_modules/a': { version: '2.0.0' },
    'node_modules/a/node_modules/@b/c': { version: '3.0.0', license: 'MIT' },
  }
  expect(await lock({ lockfileVersion: 3, packages })).toEqual([
    'npm a 1.0.0 declared',
    'npm a 2.0.0 declared',
    'npm @b/c 3.0.0 [MIT] declared',
  ])
})

test('version 1: finds what lies below others, and not what is from no registry', async () => {
  const dependencies = {
    a: {
      version: '1.0.0',
      dependencies: { b: { version: '2.0.0', dependencies: { c: { version: '3.0.0' } } } },
    },
    d: { version: 'git+https://host/d.git#0123' },
    e: { version: '4.0.0', dev: true },
  }
  expect(await lock({ lockfileVersion: 1, dependencies })).toEqual([
    'npm a 1.0.0 declared',
    'npm b 2.0.0 declared',
    'npm c 3.0.0 declared',
  ])
})

test('lock files that packages bring along ask for nothing here', () => {
  const paths = [
    'app/package-lock.json',
    'npm-shrinkwrap.json',
    'app/node_modules/a/npm-shrinkwrap.json',
  ]
  expect(selected(npmLock, paths)).toEqual(paths.slice(0, 2))
})

test('survives damage', async () => {
  const seeds = ['version-1', 'version-2', 'version-3'].flatMap((name) => [
    ...packageFixture('npm-lock', name).values(),
  ])
  await expectToSurvive(npmLock, 'app/package-lock.json', seeds)
})
