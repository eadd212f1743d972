import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spdxFaults } from '../../../test/support/schemas.ts'
import {
  anyDocument,
  LOWER_LAYER,
  packageNamed,
  sampleDocument,
  textOf,
  UPPER_LAYER,
} from '../../../test/support/sbom-documents.ts'
import { parseExpression } from '../../../test/support/spdx-expression.ts'
import type { SbomDocument, SbomPackage } from '../document.ts'
import { purlOf } from '../purl.ts'
import { spdx } from './spdx.ts'

const faults = spdxFaults()

describe('SPDX', () => {
  it('says what the image is, and who says so', async () => {
    const { packages, relationships, ...document } = await written(sampleDocument())
    expect(document).toMatchObject({
      spdxVersion: 'SPDX-2.3',
      dataLicense: 'CC0-1.0',
      SPDXID: 'SPDXRef-DOCUMENT',
      name: 'registry.example/shop:1.4',
      creationInfo: { created: '2026-11-21T08:00:00Z', creators: ['Tool: stella-1.2.3'] },
      annotations: [],
    })
    expect(document.documentNamespace).toMatch(
      /^https:\/\/spdx\.org\/spdxdocs\/registry\.example-shop-1\.4-[0-9a-f]{8}-[0-9a-f]{4}-5/,
    )
    expect(packages[0]).toEqual({
      SPDXID: 'SPDXRef-Subject',
      name: 'registry.example/shop:1.4',
      versionInfo: `sha256:${'1'.repeat(64)}`,
      supplier: 'NOASSERTION',
      downloadLocation: 'NOASSERTION',
      filesAnalyzed: false,
      licenseConcluded: 'NOASSERTION',
      copyrightText: 'NOASSERTION',
      licenseDeclared: 'NOASSERTION',
      primaryPackagePurpose: 'CONTAINER',
      checksums: [{ algorithm: 'SHA256', checksumValue: '1'.repeat(64) }],
      comment: `Platform: linux/arm64/v8\nLayer: ${LOWER_LAYER}\nLayer: ${UPPER_LAYER}`,
    })
    expect(packages[1]).toMatchObject({
      SPDXID: 'SPDXRef-OperatingSystem',
      name: 'debian',
      versionInfo: '12',
      summary: 'Debian GNU/Linux 12 (bookworm)',
      primaryPackagePurpose: 'OPERATING_SYSTEM',
    })
    expect(relationships.map((one) => Object.values(one).join(' '))).toEqual([
      'SPDXRef-DOCUMENT DESCRIBES SPDXRef-Subject',
      'SPDXRef-Subject CONTAINS SPDXRef-OperatingSystem',
      `SPDXRef-Subject CONTAINS ${packages[2]?.SPDXID}`,
      `SPDXRef-Subject CONTAINS ${packages[3]?.SPDXID}`,
    ])
  })

  it('has each package with its purl, its licence and where it lies', async () => {
    const { packages, hasExtractedLicensingInfos } = await written(sampleDocument())
    const [, , zlib, babel] = packages
    expect(zlib).toMatchObject({
      SPDXID: expect.stringMatching(/^SPDXRef-Package-deb-zlib1g-[0-9a-f]{20}$/),
      name: 'zlib1g',
      versionInfo: '1:1.2.13.dfsg-1',
      filesAnalyzed: false,
      licenseDeclared: `Zlib AND ${hasExtractedLicensingInfos[0]?.licenseId}`,
      sourceInfo: `found by dpkg-status in var/lib/dpkg/status (layer ${LOWER_LAYER})`,
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=arm64&distro=debian-12',
        },
      ],
    })
    expect(babel).toMatchObject({
      name: '@babel/core',
      licenseDeclared: '(MIT OR Apache-2.0)',
      sourceInfo: `found by npm-package in app/a/package.json (layer ${UPPER_LAYER})\nfound by npm-package in app/b/package.json (layer ${UPPER_LAYER})`,
    })
    expect(hasExtractedLicensingInfos).toEqual([
      {
        licenseId: expect.stringMatching(/^LicenseRef-stella-GPL-2-with-exceptions-[0-9a-f]{20}$/),
        name: 'GPL-2+ with exceptions',
        extractedText: 'GPL-2+ with exceptions',
      },
    ])
  })

  it('calls packages as their ecosystems do', async () => {
    const named = [
      packageNamed({ type: 'deb', namespace: 'debian', name: 'bash' }),
      packageNamed({ type: 'maven', namespace: 'org.slf4j', name: 'slf4j-api' }),
      packageNamed({ type: 'golang', namespace: 'golang.org/x', name: 'net' }),
    ]
    const packages = named.map((item) => ({
      package: item,
      purl: purlOf(item, null),
      occurrences: [],
    }))
    const document = await written(sampleDocument({ packages: () => packages }))
    expect(document.packages.slice(2).map(({ name }) => name)).toEqual([
      'bash',
      'org.slf4j:slf4j-api',
      'golang.org/x/net',
    ])
  })

  it('defines a licence once, however many packages state it', async () => {
    const packages = ['a', 'b'].map((name) => gem(name, ['Own', 'MIT AND LicenseRef-Public']))
    const document = await written(sampleDocument({ packages: () => packages }))
    expect(document.hasExtractedLicensingInfos.map(({ name }) => name)).toEqual([
      'Own',
      'LicenseRef-Public',
    ])
    expect(document.packages.at(-1)?.licenseDeclared).toMatch(
      /^LicenseRef-stella-Own-[0-9a-f]+ AND MIT AND LicenseRef-Public$/,
    )
  })

  it('keeps what is stated beside the package, where there are too many licences to define', async () => {
    const packages = Array.from({ length: 10_001 }, (_, number) =>
      gem(`a${number}`, [`Own ${number}`]),
    )
    const text = await textOf(spdx(sampleDocument({ packages: () => packages })))
    const document: Written = JSON.parse(text)
    expect(document.hasExtractedLicensingInfos.length).toBeGreaterThan(5_000)
    expect(document.packages.at(-1)).toMatchObject({
      licenseDeclared: 'NOASSERTION',
      licenseComments: 'Stated by the package: Own 10000',
    })
    expectDefined(document)
  })

  it('tells what could not be read', async () => {
    const problems = [{ says: 'the archive is cut off', path: 'app/a.jar', layer: null }]
    const { annotations } = await written(sampleDocument({ problems: () => problems }))
    expect(annotations).toEqual([
      {
        annotationDate: '2026-11-21T08:00:00Z',
        annotationType: 'OTHER',
        annotator: 'Tool: stella-1.2.3',
        comment: 'app/a.jar: the archive is cut off',
      },
    ])
  })

  it('has the same bytes for the same image, and an old date where nobody gives one', async () => {
    const document = sampleDocument({ created: null })
    const text = await textOf(spdx(document))
    expect(await textOf(spdx(document))).toBe(text)
    expect((await written(document)).creationInfo.created).toBe('1970-01-01T00:00:00Z')
  })

  it('is valid, and names the same purls, whatever the packages are called', async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument, async (document) => {
        const { packages } = await written(document)
        const purls: string[] = []
        for await (const { purl } of document.packages()) purls.push(purl)
        const references = packages.flatMap(({ externalRefs }) => externalRefs ?? [])
        expect(references.map(({ referenceLocator }) => referenceLocator)).toEqual(purls)
      }),
      { numRuns: 300 },
    )
  })
})

interface Written {
  documentNamespace: string
  creationInfo: { created: string }
  packages: {
    SPDXID: string
    name: string
    licenseDeclared: string
    externalRefs?: { referenceLocator: string }[]
  }[]
  hasExtractedLicensingInfos: { licenseId: string; name: string }[]
  relationships: { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[]
  annotations: unknown
}

function gem(name: string, licences: readonly string[]): SbomPackage {
  return {
    package: packageNamed({ type: 'gem', name, licences }),
    purl: `pkg:gem/${name}`,
    occurrences: [],
  }
}

/** As other programs read it; it has to be valid by the schema, and by the rules that no schema can say. */
async function written(document: SbomDocument): Promise<Written> {
  const parsed: Written = JSON.parse(await textOf(spdx(document)))
  expect(faults(parsed)).toEqual([])
  expect(JSON.stringify(parsed)).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/)
  expect(parsed.documentNamespace).toMatch(/^https:\/\/spdx\.org\/spdxdocs\/[\w.-]+$/)
  const ids = parsed.packages.map(({ SPDXID }) => SPDXID)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => !/^SPDXRef-[A-Za-z0-9.-]+$/.test(id))).toEqual([])
  expect(parsed.relationships.map(({ relatedSpdxElement }) => relatedSpdxElement)).toEqual(ids)
  expectDefined(parsed)
  return parsed
}

/** Every declared licence is an expression, and all that it refers to is defined once. */
function expectDefined({ packages, hasExtractedLicensingInfos }: Written): void {
  const defined = new Set(hasExtractedLicensingInfos.map(({ licenseId }) => licenseId))
  expect(defined.size).toBe(hasExtractedLicensingInfos.length)
  for (const { licenseDeclared } of packages) {
    if (licenseDeclared === 'NOASSERTION') continue
    expect(() => parseExpression(licenseDeclared)).not.toThrow()
    const references = licenseDeclared.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? []
    expect(references.filter((reference) => !defined.has(reference))).toEqual([])
  }
}
