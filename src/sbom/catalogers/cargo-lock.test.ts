import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { cargoLock } from './cargo-lock.ts'

test('finds the application and what it asks for', async () => {
  expect(shown(await catalogFixture(cargoLock, 'cargo'))).toEqual([
    'cargo itoa 1.0.11 declared',
    'cargo memchr 2.7.4 declared',
    'cargo shop 0.3.0 declared',
  ])
})

test('the first Cargo put the application apart, and sums behind', async () => {
  const text = `[root]
name = "shop"
version = "0.1.0"
dependencies = [
 "libc 0.2.1 (registry+https://github.com/rust-lang/crates.io-index)",
]

[[package]]
name = "libc"
version = "0.2.1"
source = "registry+https://github.com/rust-lang/crates.io-index"

[metadata]
name = "no package"
"checksum libc 0.2.1" = "0123"
`
  const found = await catalogFile(cargoLock, 'app/Cargo.lock', Buffer.from(text))
  expect(shown(found)).toEqual(['cargo shop 0.1.0 declared', 'cargo libc 0.2.1 declared'])
})

test('lock files of crates that were fetched ask for nothing here', () => {
  const paths = ['app/Cargo.lock', 'usr/local/cargo/registry/src/index/a-1.0.0/Cargo.lock']
  expect(selected(cargoLock, paths)).toEqual(['app/Cargo.lock'])
})

test('survives damage', async () => {
  await expectToSurvive(cargoLock, 'app/Cargo.lock', [
    ...packageFixture('cargo-lock', 'cargo').values(),
  ])
})
