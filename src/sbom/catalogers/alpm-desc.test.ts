import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../../scripts/lib/repo.ts'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { alpmDesc } from './alpm-desc.ts'

const PATH = 'var/lib/pacman/local/a-1-1/desc'

test('what pacman has installed, with the package that both were built from', async () => {
  expect(shown(await catalogFixture(alpmDesc, 'pacman'))).toEqual([
    'alpm stella-libs 2.3-4 arch=any upstream=stella [GPL]',
    'alpm stella-tool 2.3-4 arch=any upstream=stella [MIT, custom:Stella License]',
  ])
})

test('pacman says the same', async () => {
  const query = readFileSync(join(REPO, 'fixtures/packages/alpm-desc/pacman.query.txt'), 'utf8')
  const found = await catalogFixture(alpmDesc, 'pacman')
  const named = found.flatMap((one) =>
    one.kind === 'package' ? [`${one.package.name} ${one.package.version}`] : [],
  )
  expect(named).toEqual(query.trim().split('\n'))
})

test('an epoch is part of the version', async () => {
  const text = '%NAME%\nzlib\n\n%VERSION%\n1:1.3.1-2\n\n%BASE%\nzlib\n\n%ARCH%\nx86_64\n'
  expect(shown(await catalogFile(alpmDesc, PATH, Buffer.from(text)))).toEqual([
    'alpm zlib 1:1.3.1-2 arch=x86_64',
  ])
})

test('one that names nothing is told', async () => {
  expect(shown(await catalogFile(alpmDesc, PATH, Buffer.from('%VERSION%\n1-1\n')))).toEqual([
    'problem: no %NAME% of a package is in it',
  ])
})

test('files of that name elsewhere are left alone', () => {
  expect(alpmDesc.selects.accepts?.('usr/share/desc')).toBe(false)
  expect(alpmDesc.selects.accepts?.(PATH)).toBe(true)
})

test('damaged ones', async () => {
  await expectToSurvive(alpmDesc, PATH, [...packageFixture('alpm-desc', 'pacman').values()])
})
