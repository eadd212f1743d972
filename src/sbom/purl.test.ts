import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { PackageURL } from 'packageurl-js'
import { describe, expect, it } from 'vitest'
import { type Package, PACKAGE_TYPES } from '../model/package.ts'
import { anyDocument, DEBIAN, packageNamed } from '../../test/support/sbom-documents.ts'
import { purlOf } from './purl.ts'

const ALPINE = { id: 'alpine', version: '3.20.1', name: 'Alpine Linux v3.20' }
const RHEL = { id: 'rhel', version: '9.4', name: 'Red Hat Enterprise Linux 9.4 (Plow)' }
const LEAP = { id: 'opensuse-leap', version: '15.6', name: 'openSUSE Leap 15.6' }
const ARCH = { id: 'arch', version: null, name: 'Arch Linux' }

describe('purlOf', () => {
  it('names packages of a distribution within it', () => {
    const dpkg = packageNamed({
      type: 'deb',
      name: 'libstdc++6',
      version: '1:12.2.0-14+deb12u1~bpo',
      qualifiers: { arch: 'amd64' },
    })
    expect(purlOf(dpkg, DEBIAN)).toBe(
      'pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1~bpo?arch=amd64&distro=debian-12',
    )
    expect(purlOf(dpkg, null)).toBe('pkg:deb/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1~bpo?arch=amd64')
  })

  it.each([
    [
      { type: 'apk', name: 'musl', version: '1.2.5-r0' },
      ALPINE,
      'pkg:apk/alpine/musl@1.2.5-r0?distro=alpine-3.20.1',
    ],
    [
      {
        type: 'rpm',
        name: 'Bash',
        version: '5.1.8-9.el9',
        qualifiers: { epoch: '1', arch: 'x86_64' },
      },
      RHEL,
      'pkg:rpm/redhat/Bash@5.1.8-9.el9?arch=x86_64&distro=rhel-9.4&epoch=1',
    ],
    [
      { type: 'rpm', name: 'zypper', version: '1' },
      LEAP,
      'pkg:rpm/opensuse/zypper@1?distro=opensuse-leap-15.6',
    ],
    [
      { type: 'alpm', name: 'pacman', version: '1:7.0' },
      ARCH,
      'pkg:alpm/arch/pacman@1:7.0?distro=arch',
    ],
    [
      { type: 'deb', namespace: 'Vendor', name: 'Tool', qualifiers: { distro: 'own' } },
      DEBIAN,
      'pkg:deb/vendor/tool?distro=own',
    ],
  ] as const)('%j', (item, distribution, purl) => {
    expect(purlOf(packageNamed(item), distribution)).toBe(purl)
  })

  it.each([
    [
      { type: 'npm', namespace: '@babel', name: 'core', version: '7.1.0' },
      'pkg:npm/%40babel/core@7.1.0',
    ],
    [{ type: 'npm', name: 'JSONStream', version: '1.3.5' }, 'pkg:npm/JSONStream@1.3.5'],
    [
      {
        type: 'golang',
        namespace: 'github.com/Masterminds/semver',
        name: 'v3',
        version: 'v3.2.0+incompatible',
      },
      'pkg:golang/github.com/Masterminds/semver/v3@v3.2.0%2Bincompatible',
    ],
    [{ type: 'golang', name: 'stdlib', version: '1.24.1' }, 'pkg:golang/stdlib@1.24.1'],
    [
      { type: 'pypi', name: 'Zope.Interface_Extra', version: '5!1.0' },
      'pkg:pypi/zope.interface-extra@5%211.0',
    ],
    [
      {
        type: 'maven',
        namespace: 'org.Apache',
        name: 'Commons',
        version: '1',
        qualifiers: { type: 'war', classifier: '' },
      },
      'pkg:maven/org.Apache/Commons@1?type=war',
    ],
    [
      { type: 'composer', namespace: 'Laravel', name: 'Framework' },
      'pkg:composer/laravel/framework',
    ],
    [
      { type: 'nuget', name: 'Newtonsoft.Json', version: '13.0.3' },
      'pkg:nuget/Newtonsoft.Json@13.0.3',
    ],
  ] as const)('knows the rules of its type: %j', (item, purl) => {
    expect(purlOf(packageNamed(item), DEBIAN)).toBe(purl)
  })

  it('leaves out qualifiers that no purl may have', () => {
    const item = packageNamed({
      type: 'gem',
      name: 'a',
      qualifiers: { platform: 'x', Platform: 'ja va/*', '1st': 'x', 'a b': 'x', empty: '' },
    })
    expect(purlOf(item, null)).toBe('pkg:gem/a?platform=ja%20va%2F%2A')
  })

  const published = publishedCases()

  it('has cases of the specification to hold against', () => {
    expect(published.length).toBeGreaterThan(10)
  })

  it.each(published)('is canonical by the specification: $canonical_purl', (one) => {
    const { type, namespace, name, version, qualifiers, canonical_purl } = one
    const item = packageNamed({ type, namespace, name, version, qualifiers: qualifiers ?? {} })
    // The data is older than the rule that a slash in a value is encoded (ECMA-427, character encoding).
    const canonical = canonical_purl.replaceAll(/(?<=\?.*)\//g, '%2F')
    expect(purlOf(item, null)).toBe(canonical)
  })

  it('agrees with another implementation on what real packages are called', () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9._~ @!äß-]{0,20}[a-z0-9]$/)
    fc.assert(
      fc.property(
        fc.constantFrom(...PACKAGE_TYPES),
        fc.array(word, { minLength: 1, maxLength: 3 }),
        word,
        fc.stringMatching(/^[0-9][0-9A-Za-z.:~_-]{0,20}$/),
        fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9._]{0,8}$/), word, { maxKeys: 3 }),
        (type, segments, name, version, qualifiers) => {
          const namespace = segments.join('/')
          const item = packageNamed({ type, namespace, name, version, qualifiers })
          const theirs = new PackageURL(type, namespace, name, version, qualifiers, null).toString()
          expect(decodedOnce(purlOf(item, null))).toBe(decodedOnce(theirs))
        },
      ),
    )
  })

  it('is ASCII without spaces, and says the same when it is read again, whatever the names', () => {
    fc.assert(
      fc.property(anyDocument, ({ subject, packages }) => {
        for (const { package: item, purl } of [...toArray(packages())]) {
          expect(purl).toMatch(/^pkg:[a-z]+\/[\w.~:%/-]*(@[\w.~:%-]+)?(\?[\w.~:%&=-]+)?$/)
          const [, , path = '', version, qualifiers] =
            /^pkg:([a-z]+)\/([^@?]*)(?:@([^?]*))?(?:\?(.*))?$/.exec(purl) ?? []
          expect(decodeURIComponent(version ?? '')).toBe((item.version ?? '').toWellFormed())
          const name = decodeURIComponent(path.split('/').at(-1) ?? '')
          expect(item.name.toWellFormed().toLowerCase().replaceAll('_', '-')).toContain(
            name.toLowerCase().replaceAll('_', '-'),
          )
          const arch = new URLSearchParams(qualifiers).get('arch') ?? ''
          expect(arch).toBe((item.qualifiers['arch'] ?? '').toWellFormed())
          expect(purlOf(item, subject.distribution)).toBe(purl)
        }
      }),
    )
  })
})

/** Both spellings of a sign are the same purl; which signs are encoded, the examples above hold. */
function decodedOnce(purl: string): string {
  return decodeURIComponent(purl)
}

function toArray<T>(items: Iterable<T> | AsyncIterable<T>): T[] {
  if (!(Symbol.iterator in items)) throw new Error('an array was expected')
  return [...items]
}

interface PublishedCase extends Omit<Package, 'licences' | 'qualifiers'> {
  canonical_purl: string
  qualifiers: Record<string, string> | null
}

/** Of types that are known here; nothing here has a subpath. */
function publishedCases(): PublishedCase[] {
  const path = new URL('../../fixtures/purl/test-suite-data.json', import.meta.url)
  const all: (PublishedCase & { is_invalid: boolean; subpath: string | null })[] = JSON.parse(
    readFileSync(path, 'utf8'),
  )
  return all.filter(
    ({ type, is_invalid, subpath }) =>
      !is_invalid && subpath === null && PACKAGE_TYPES.includes(type),
  )
}
