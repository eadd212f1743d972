import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { rpmManifest } from './rpm-manifest.ts'

const PATH = 'var/lib/rpmmanifest/container-manifest-2'

test('each line is a package, but the key that packages are signed with', async () => {
  expect(shown(await catalogFixture(rpmManifest, 'mariner'))).toEqual([
    'rpm stella-libs 0.9~rc1^git7-1 arch=x86_64 upstream=stella-libs-0.9~rc1^git7-1.src.rpm',
    'rpm stella-tool 1.4.2-3.fx1 arch=noarch upstream=stella-tool-1.4.2-3.fx1.src.rpm epoch=2',
  ])
})

test('lines of another kind are none', async () => {
  expect(await catalogFile(rpmManifest, PATH, Buffer.from('a text\n\n'))).toEqual([])
})

test('damaged ones', async () => {
  await expectToSurvive(rpmManifest, PATH, [...packageFixture('rpm-manifest', 'mariner').values()])
})
