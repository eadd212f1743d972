/** Documents for SBOMs, and packages as odd as bytes can make them. */
import fc from 'fast-check'
import {
  type Distribution,
  type Occurrence,
  type Package,
  PACKAGE_TYPES,
} from '../../src/model/package.ts'
import type { SbomDocument, SbomPackage, SbomProblem } from '../../src/sbom/document.ts'
import { purlOf } from '../../src/sbom/purl.ts'

export const DEBIAN: Distribution = {
  id: 'debian',
  version: '12',
  name: 'Debian GNU/Linux 12 (bookworm)',
}
export const LOWER_LAYER = `sha256:${'a'.repeat(64)}`
export const UPPER_LAYER = `sha256:${'b'.repeat(64)}`

export function packageNamed(changes: Partial<Package> & Pick<Package, 'type' | 'name'>): Package {
  return { namespace: null, version: null, qualifiers: {}, licences: [], ...changes }
}

/** A small image of Debian with an application of npm. */
export function sampleDocument(changes: Partial<SbomDocument> = {}): SbomDocument {
  return {
    subject: {
      name: 'registry.example/shop:1.4',
      manifestDigest: `sha256:${'1'.repeat(64)}`,
      configDigest: `sha256:${'2'.repeat(64)}`,
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
      distribution: DEBIAN,
      layers: [
        { diffId: LOWER_LAYER, sizeBytes: 80_000_000 },
        { diffId: UPPER_LAYER, sizeBytes: 4_096 },
      ],
    },
    packages: () => SAMPLE_PACKAGES,
    problems: () => [],
    version: '1.2.3',
    created: new Date('2026-11-21T08:00:00.123Z'),
    contentDigest: null,
    ...changes,
  }
}

const STATUS: Occurrence = { path: 'var/lib/dpkg/status', layer: LOWER_LAYER, by: 'dpkg-status' }

export const SAMPLE_PACKAGES: readonly SbomPackage[] = sorted(
  [
    {
      package: packageNamed({
        type: 'deb',
        name: 'zlib1g',
        version: '1:1.2.13.dfsg-1',
        qualifiers: { arch: 'arm64' },
        licences: ['Zlib', 'GPL-2+ with exceptions'],
      }),
      occurrences: [STATUS],
    },
    {
      package: packageNamed({
        type: 'npm',
        namespace: '@babel',
        name: 'core',
        version: '7.1.0',
        licences: ['(mit or Apache-2.0)'],
      }),
      occurrences: [
        { path: 'app/a/package.json', layer: UPPER_LAYER, by: 'npm-package' },
        { path: 'app/b/package.json', layer: UPPER_LAYER, by: 'npm-package' },
      ],
    },
  ],
  DEBIAN,
)

/** Any sequence of 16-bit units: controls, halves of surrogate pairs, and characters of all scripts. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }), fc.nat(0x1f)))
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    'MIT',
    'MIT OR Apache-2.0',
    'LicenseRef-own',
    'a'.repeat(5_000),
    '\\ud800',
    '../..',
  ),
)

const anyName = anyText.filter((text) => text !== '')

const anyPackage: fc.Arbitrary<Package> = fc.record({
  type: fc.constantFrom(...PACKAGE_TYPES),
  namespace: fc.option(anyText),
  name: anyName,
  version: fc.option(anyText),
  qualifiers: fc.dictionary(fc.oneof(anyText, fc.constantFrom('arch', 'Epoch')), anyText, {
    maxKeys: 3,
  }),
  licences: fc.array(anyText, { maxLength: 3 }),
})

const anyOccurrence: fc.Arbitrary<Occurrence> = fc.record({
  path: anyText,
  layer: fc.option(fc.oneof(anyText, fc.constant(LOWER_LAYER))),
  by: anyText,
})

const anyDistribution = fc.record({ id: anyText, version: fc.option(anyText), name: anyText })

const anyProblem: fc.Arbitrary<SbomProblem> = fc.record({
  says: anyText,
  path: fc.option(anyText),
  layer: fc.option(anyText),
})

/** Packages are sorted and each purl stands once, as documents promise; all else is arbitrary. */
export const anyDocument: fc.Arbitrary<SbomDocument> = fc
  .record({
    name: anyText,
    manifestDigest: fc.option(anyText),
    configDigest: fc.option(anyText),
    platform: fc.option(
      fc.record({ os: anyText, architecture: anyText, variant: fc.option(anyText) }),
    ),
    distribution: fc.option(anyDistribution),
    layers: fc.array(fc.record({ diffId: anyText, sizeBytes: fc.nat() }), { maxLength: 3 }),
    packages: fc.array(
      fc.record({
        package: anyPackage,
        occurrences: fc.array(anyOccurrence, { maxLength: 3 }),
      }),
      { maxLength: 6 },
    ),
    problems: fc.array(anyProblem, { maxLength: 3 }),
    version: anyText,
    created: fc.option(fc.date({ noInvalidDate: false })),
    contentDigest: fc.option(anyText),
  })
  .map(({ packages, problems, version, created, contentDigest, ...subject }) => {
    const all = sorted(packages, subject.distribution)
    return {
      subject,
      packages: () => all,
      problems: () => problems,
      version,
      created,
      contentDigest,
    }
  })

function sorted(
  packages: readonly Omit<SbomPackage, 'purl'>[],
  distribution: Distribution | null,
): SbomPackage[] {
  const byPurl = new Map(
    packages.map((item) => {
      const purl = purlOf(item.package, distribution)
      return [purl, { ...item, purl }]
    }),
  )
  return [...byPurl.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1))
}

/** The whole text of a format. */
export async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}
