import fc from 'fast-check'
import { PackageURL } from 'packageurl-js'
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' }
import currentIds from 'spdx-license-ids/index.json' with { type: 'json' }
import { describe, expect, it } from 'vitest'
import { cyclonedxFaults } from '../../../test/support/schemas.ts'
import {
  anyDocument,
  LOWER_LAYER,
  packageNamed,
  SAMPLE_PACKAGES,
  sampleDocument,
  textOf,
  UPPER_LAYER,
} from '../../../test/support/sbom-documents.ts'
import type { SbomDocument } from '../document.ts'
import { cyclonedx } from './cyclonedx.ts'

const faults = cyclonedxFaults()

describe('CycloneDX', () => {
  it('says what the image is, and who says so', async () => {
    const { metadata, ...document } = await written(sampleDocument())
    expect(document).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5/),
    })
    expect(metadata).toEqual({
      timestamp: '2026-11-21T08:00:00Z',
      tools: { components: [{ type: 'application', name: 'stella', version: '1.2.3' }] },
      component: {
        'bom-ref': 'subject',
        type: 'container',
        name: 'registry.example/shop:1.4',
        version: `sha256:${'1'.repeat(64)}`,
        properties: [
          { name: 'stella:manifest-digest', value: `sha256:${'1'.repeat(64)}` },
          { name: 'stella:config-digest', value: `sha256:${'2'.repeat(64)}` },
          { name: 'stella:platform', value: 'linux/arm64/v8' },
          { name: 'stella:layer', value: LOWER_LAYER },
          { name: 'stella:layer', value: UPPER_LAYER },
        ],
      },
    })
  })

  it('has the operating system and each package, with its licences and where it lies', async () => {
    const { components } = await written(sampleDocument())
    expect(components).toEqual([
      {
        'bom-ref': 'operating-system',
        type: 'operating-system',
        name: 'debian',
        version: '12',
        description: 'Debian GNU/Linux 12 (bookworm)',
      },
      {
        'bom-ref': 'pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=arm64&distro=debian-12',
        type: 'library',
        name: 'zlib1g',
        version: '1:1.2.13.dfsg-1',
        licenses: [
          { license: { id: 'Zlib', acknowledgement: 'declared' } },
          { license: { name: 'GPL-2+ with exceptions', acknowledgement: 'declared' } },
        ],
        purl: 'pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=arm64&distro=debian-12',
        properties: [
          { name: 'stella:layer', value: LOWER_LAYER },
          { name: 'stella:found-by', value: 'dpkg-status' },
        ],
        evidence: {
          occurrences: [
            { location: 'var/lib/dpkg/status', additionalContext: `layer ${LOWER_LAYER}` },
          ],
        },
      },
      {
        'bom-ref': 'pkg:npm/%40babel/core@7.1.0',
        type: 'library',
        group: '@babel',
        name: 'core',
        version: '7.1.0',
        licenses: [{ expression: '(MIT OR Apache-2.0)', acknowledgement: 'declared' }],
        purl: 'pkg:npm/%40babel/core@7.1.0',
        properties: [
          { name: 'stella:layer', value: UPPER_LAYER },
          { name: 'stella:found-by', value: 'npm-package' },
        ],
        evidence: {
          occurrences: [
            { location: 'app/a/package.json', additionalContext: `layer ${UPPER_LAYER}` },
            { location: 'app/b/package.json', additionalContext: `layer ${UPPER_LAYER}` },
          ],
        },
      },
    ])
  })

  it.each([
    [
      ['MIT', 'ISC OR Zlib'],
      [{ expression: 'MIT AND (ISC OR Zlib)', acknowledgement: 'declared' }],
    ],
    [
      ['Own', 'ISC OR Zlib'],
      [
        { license: { name: 'Own', acknowledgement: 'declared' } },
        { license: { name: 'ISC OR Zlib', acknowledgement: 'declared' } },
      ],
    ],
    [[], undefined],
  ])('writes the licences %j as the schema can hold them', async (licences, expected) => {
    const item = {
      package: packageNamed({ type: 'gem', name: 'a', licences }),
      purl: 'pkg:gem/a',
      occurrences: [],
    }
    const document = await written(sampleDocument({ packages: () => [item] }))
    expect(document.components[1]?.licenses).toEqual(expected)
  })

  it('knows no licence that the schema does not know', async () => {
    const licences = [...currentIds, ...deprecatedIds]
    const item = {
      package: packageNamed({ type: 'gem', name: 'a', licences }),
      purl: 'pkg:gem/a',
      occurrences: [],
    }
    const { components } = await written(sampleDocument({ packages: () => [item] }))
    expect(components[1]?.licenses).toEqual(
      licences.map((id) => ({ license: { id, acknowledgement: 'declared' } })),
    )
  })

  it('says that it is incomplete where something could not be read', async () => {
    const problems = [
      { says: 'the archive is cut off', path: 'app/a.jar', layer: UPPER_LAYER },
      { says: 'no room is left on the disk', path: null, layer: null },
    ]
    const broken = await written(sampleDocument({ problems: () => problems }))
    expect(broken.compositions).toEqual([{ aggregate: 'incomplete', assemblies: ['subject'] }])
    expect(broken.properties).toEqual([
      { name: 'stella:problem', value: `app/a.jar, layer ${UPPER_LAYER}: the archive is cut off` },
      { name: 'stella:problem', value: 'no room is left on the disk' },
    ])
    const whole = await written(sampleDocument())
    expect(whole.compositions).toEqual([])
    expect(whole.properties).toEqual([])
  })

  it('has the same bytes for the same image, and another serial number for another', async () => {
    const text = await textOf(cyclonedx(sampleDocument()))
    expect(await textOf(cyclonedx(sampleDocument({ packages: later })))).toBe(text)
    const serial = async (changes: Partial<SbomDocument>): Promise<unknown> =>
      (await written(sampleDocument(changes))).serialNumber
    const serials = await Promise.all([
      serial({}),
      serial({ contentDigest: 'one' }),
      serial({ contentDigest: 'two' }),
      serial({ version: '2' }),
      serial({ subject: { ...sampleDocument().subject, manifestDigest: null } }),
    ])
    expect(new Set(serials).size).toBe(serials.length)
  })

  it('has no time where nobody gives one', async () => {
    for (const created of [null, new Date(Number.NaN), new Date('+012345-01-01T00:00:00Z')]) {
      const { metadata } = await written(sampleDocument({ created }))
      expect(metadata).not.toHaveProperty('timestamp')
    }
  })

  it('comes in pieces, also where a package is written every moment', async () => {
    const pieces: number[] = []
    for await (const piece of cyclonedx(sampleDocument({ packages: many })))
      pieces.push(piece.length)
    expect(pieces.length).toBeGreaterThan(10)
    expect(Math.max(...pieces)).toBeLessThan(128 * 1024)
  })

  it('is valid, and names the same purls, whatever the packages are called', async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument, async (document) => {
        const { components, metadata } = await written(document)
        const purls = (await all(document)).map(({ purl }) => purl)
        expect(components.flatMap(({ purl }) => purl ?? [])).toEqual(purls)
        expect(metadata.component.name).toBe(document.subject.name.toWellFormed())
      }),
      { numRuns: 300 },
    )
  })

  it('has purls that another implementation reads', async () => {
    const { components } = await written(sampleDocument())
    const parsed = PackageURL.fromString(components[1]?.purl ?? '')
    expect(parsed.qualifiers).toEqual({ arch: 'arm64', distro: 'debian-12' })
    expect([parsed.namespace, parsed.name, parsed.version]).toEqual([
      'debian',
      'zlib1g',
      '1:1.2.13.dfsg-1',
    ])
  })
})

interface Written {
  serialNumber: string
  metadata: { component: { name: string } }
  components: { purl?: string; licenses?: unknown }[]
  compositions: unknown
  properties: unknown
}

/** As other programs read it; it has to be valid, and Unicode. */
async function written(document: SbomDocument): Promise<Written> {
  const text = await textOf(cyclonedx(document))
  const parsed: Written = JSON.parse(text)
  expect(faults(parsed)).toEqual([])
  expect(JSON.stringify(parsed)).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/)
  return parsed
}

async function* later(): AsyncGenerator<(typeof SAMPLE_PACKAGES)[number]> {
  for (const item of SAMPLE_PACKAGES) {
    await Promise.resolve()
    yield item
  }
}

function* many(): Generator<(typeof SAMPLE_PACKAGES)[number]> {
  for (let number = 0; number < 5_000; number++) {
    const name = `package-${number}`
    yield { package: packageNamed({ type: 'gem', name }), purl: `pkg:gem/${name}`, occurrences: [] }
  }
}

async function all(document: SbomDocument): Promise<{ purl: string }[]> {
  const items: { purl: string }[] = []
  for await (const item of document.packages()) items.push(item)
  return items
}
