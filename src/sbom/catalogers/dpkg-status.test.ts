import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../../scripts/lib/repo.ts'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { requireParts } from '../../../test/support/parts.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { run } from '../../../test/support/testbed.ts'
import type { Found } from '../cataloger.ts'
import { dpkgStatus } from './dpkg-status.ts'

const STATUS = 'var/lib/dpkg/status'
const text = (status: string): Uint8Array => Buffer.from(status)

test('what dpkg has unpacked or installed is there, what it took away is not', async () => {
  expect(shown(await catalogFixture(dpkgStatus, 'debian'))).toEqual([
    'deb bash 5.2.15-2+b13 arch=amd64 upstream=bash@5.2.15-2',
    'deb gcc-12-base 12.2.0-14+deb12u1 arch=amd64 upstream=gcc-12',
    'deb libacl1 2.3.1-3 arch=amd64 upstream=acl',
    'deb libgcc-s1 12.2.0-14+deb12u1 arch=amd64 upstream=gcc-12',
    'deb libgmp10 2:6.2.1+dfsg1-1.1 arch=amd64 upstream=gmp',
    'deb libmpfr6 4.2.0-1 arch=amd64 upstream=mpfr4',
    'deb zlib1g 1:1.2.13.dfsg-1 arch=amd64 upstream=zlib',
  ])
})

/** What dpkg-query says of each package that has files, as the recording does. */
function truthIn(lines: string): string[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([state]) => state !== 'config-files' && state !== 'not-installed')
    .map(([, ...fields]) => fields.join(' '))
    .toSorted()
}

/** The same of what was found: the source of a package is itself where nothing else is said. */
function truthOf(found: readonly Found[]): string[] {
  return found
    .flatMap((one) => (one.kind === 'package' ? [one.package] : []))
    .map(({ name, version, qualifiers }) => {
      const [source = name, sourceVersion = version] = qualifiers['upstream']?.split('@') ?? []
      return [name, version, qualifiers['arch'], source, sourceVersion].join(' ')
    })
    .toSorted()
}

test('dpkg-query says the same of the recorded status', async () => {
  const path = join(REPO, 'fixtures/packages/dpkg-status/debian.dpkg-query.tsv')
  expect(truthOf(await catalogFixture(dpkgStatus, 'debian'))).toEqual(
    truthIn(readFileSync(path, 'utf8')),
  )
})

test.skipIf(requireParts('dpkg'))('dpkg-query says the same of this machine', async () => {
  const fields = [
    'db:Status-Status',
    'Package',
    'Version',
    'Architecture',
    'source:Package',
    'source:Version',
  ]
  const format = `${fields.map((field) => `\${${field}}`).join('\\t')}\\n`
  const found = await catalogFile(dpkgStatus, STATUS, readFileSync(`/${STATUS}`), 1000)
  expect(truthOf(found)).toEqual(truthIn(run(['dpkg-query', '-W', '-f', format])))
})

test.each([
  ['want of removal does not count while it is installed', 'deinstall ok installed', 1],
  ['unpacked', 'install ok unpacked', 1],
  ['half installed', 'install reinstreq half-installed', 1],
  ['a trigger waits', 'install ok triggers-awaited', 1],
  ['only settings are left', 'deinstall ok config-files', 0],
  ['purged', 'purge ok not-installed', 0],
])('%s: %s', async (_, status, count) => {
  const stanza = `Package: a\nStatus: ${status}\nVersion: 1\n`
  expect(await catalogFile(dpkgStatus, STATUS, text(stanza))).toHaveLength(count)
})

test('fields in any case, at line ends of either kind, and the last paragraph without an empty line', async () => {
  const stanzas =
    'PACKAGE: a\r\nversion:  1 \r\n\r\n \nPackage: b\nVersion: 2\nDescription: x\n Package: no'
  expect(shown(await catalogFile(dpkgStatus, STATUS, text(stanzas), 3))).toEqual([
    'deb a 1',
    'deb b 2',
  ])
})

test('a line without end is told, and the rest read', async () => {
  const stanzas = `Package: ${'a'.repeat(5000)}\n\nPackage: b\nVersion: 2\n`
  expect(shown(await catalogFile(dpkgStatus, STATUS, text(stanzas), 100))).toEqual([
    'deb b 2',
    'problem: 1 field of more than 4 KiB left out',
  ])
})

test('a status of a system inside of the image is read too, and other files of that name are not', () => {
  const accepts = dpkgStatus.selects.accepts ?? (() => true)
  expect([STATUS, 'usr/lib/dpkg/status', `srv/chroot/${STATUS}`].every(accepts)).toBe(true)
  expect(['srv/status', 'var/notlib/dpkg/status', `${STATUS}/x`].some(accepts)).toBe(false)
})

test('damaged ones', async () => {
  await expectToSurvive(dpkgStatus, STATUS, [...packageFixture('dpkg-status', 'debian').values()])
})
