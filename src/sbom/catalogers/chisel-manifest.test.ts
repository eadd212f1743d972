import { zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { catalogFile } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { chiselManifest } from './chisel-manifest.ts'

const PATH = 'var/lib/chisel/manifest.wall'
/** Written by hand, for no chisel is to be had, after its documentation. */
const MANIFEST = Buffer.from(`{"jsonwall":"1.0","schema":"1.0","count":6}
{"kind":"content","slice":"libc6_libs","path":"/usr/lib/x86_64-linux-gnu/libc.so.6"}
{"kind":"package","name":"libc6","version":"2.39-0ubuntu8.3","sha256":"0123","arch":"amd64"}
{"kind":"package","name":"zlib1g","version":"1:1.3.dfsg-3.1ubuntu2.1","sha256":"4567","arch":"amd64"}
{"kind":"path","path":"/usr/lib/x86_64-linux-gnu/libc.so.6","mode":"0644","slices":["libc6_libs"],"sha256":"89ab","size":2}
{"kind":"slice","name":"libc6_libs"}
`)
const PACKAGES = [
  'deb libc6 2.39-0ubuntu8.3 arch=amd64',
  'deb zlib1g 1:1.3.dfsg-3.1ubuntu2.1 arch=amd64',
]

test('packages of a manifest, packed or not', async () => {
  expect(shown(await catalogFile(chiselManifest, PATH, zstdCompressSync(MANIFEST)))).toEqual(
    PACKAGES,
  )
  expect(shown(await catalogFile(chiselManifest, PATH, MANIFEST))).toEqual(PACKAGES)
})

test('one that breaks off is told', async () => {
  const half = zstdCompressSync(MANIFEST).subarray(0, -20)
  expect(shown(await catalogFile(chiselManifest, PATH, half))).toContain(
    'problem: it cannot be unpacked to its end',
  )
})

test('one that grows without end is cut', async () => {
  const bomb = zstdCompressSync(Buffer.alloc(600 * 1024 * 1024))
  expect(bomb.length).toBeLessThan(100_000)
  expect(shown(await catalogFile(chiselManifest, PATH, bomb))).toEqual([
    'problem: only the first 512 MiB of it are read',
  ])
})

test('damaged ones', async () => {
  await expectToSurvive(chiselManifest, PATH, [MANIFEST, zstdCompressSync(MANIFEST)], 150)
})
