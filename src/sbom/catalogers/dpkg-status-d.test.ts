import { expect, test } from 'vitest'
import { catalogFile, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { dpkgStatusD } from './dpkg-status-d.ts'

const files = packageFixture('dpkg-status-d', 'distroless')

test('each file names its package, and sums of files are left alone', async () => {
  const wanted = [...files].filter(([path]) => dpkgStatusD.selects.accepts?.(path))
  const found = await Promise.all(
    wanted.map(([path, bytes]) => catalogFile(dpkgStatusD, path, bytes)),
  )
  expect(shown(found.flat())).toEqual([
    'deb netbase 6.4 arch=all',
    'deb zlib1g 1:1.2.13.dfsg-1 arch=amd64 upstream=zlib',
  ])
})

test('damaged ones', async () => {
  await expectToSurvive(dpkgStatusD, 'var/lib/dpkg/status.d/a', [...files.values()])
})
