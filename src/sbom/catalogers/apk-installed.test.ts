import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { apkInstalled } from './apk-installed.ts'

const PATH = 'lib/apk/db/installed'
const read = async (text: string, chunkBytes?: number): Promise<string[]> =>
  shown(await catalogFile(apkInstalled, PATH, Buffer.from(text), chunkBytes))

test('what apk has installed; only fields of packages count, and not those of their files', async () => {
  expect(shown(await catalogFixture(apkInstalled, 'alpine-by-hand'))).toEqual([
    'apk alpine-baselayout 3.6.8-r1 arch=x86_64 [GPL-2.0-only]',
    'apk busybox-binsh 1.37.0-r12 arch=x86_64 upstream=busybox [GPL-2.0-only]',
    'apk libcrypto3 3.3.3-r0 arch=x86_64 upstream=openssl [Apache-2.0]',
    'apk .build-deps 20250214.151800 arch=noarch',
  ])
})

test('small letters are other fields, and the last package needs no empty line', async () => {
  const text = 'P:a\nV:1-r0\np:so:b=1\nA:x86_64\na:0:0:755\nv:2\nL:MIT AND ISC\no:a'
  expect(await read(text, 4)).toEqual(['apk a 1-r0 arch=x86_64 [MIT AND ISC]'])
})

test('a line without end is told, and the rest read', async () => {
  expect(await read(`P:${'a'.repeat(5000)}\n\nP:b\nV:1-r0\n`)).toEqual([
    'apk b 1-r0',
    'problem: 1 field of more than 4 KiB left out',
  ])
  // A long list of what a package provides is not read, and so not too long.
  expect(await read(`P:b\nV:1-r0\np:${'so:a '.repeat(2000)}\n`)).toEqual(['apk b 1-r0'])
})

test.each(['lib/apk/db/installed', 'usr/lib/apk/db/installed', 'chroot/lib/apk/db/installed'])(
  '%s',
  (path) => {
    expect(apkInstalled.selects.accepts?.(path)).toBe(true)
    expect(apkInstalled.selects.accepts?.(`${path}/x`)).toBe(false)
  },
)

test('damaged ones', async () => {
  const seeds = [...packageFixture('apk-installed', 'alpine-by-hand').values()]
  await expectToSurvive(apkInstalled, PATH, seeds)
})
