import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PackageURL } from 'packageurl-js'
import { expect, test } from 'vitest'
import { catalogFixture } from '../../../test/support/cataloged.ts'
import { DEBIAN, sampleDocument, textOf } from '../../../test/support/sbom-documents.ts'
import { cyclonedxFaults, spdxFaults } from '../../../test/support/schemas.ts'
import type { Package } from '../../model/package.ts'
import { CATALOGERS } from '../catalogers/index.ts'
import { purlOf } from '../purl.ts'
import { cyclonedx } from './cyclonedx.ts'
import { spdx } from './spdx.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/packages', import.meta.url))

const packages = await recordedPackages()

test('there are packages of many types', () => {
  expect(packages.size).toBeGreaterThan(50)
  expect(new Set([...packages.values()].map(({ type }) => type)).size).toBeGreaterThan(8)
})

test('documents of real packages are valid', async () => {
  const items = [...packages]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([purl, item]) => ({ package: item, purl, occurrences: [] }))
  const document = sampleDocument({ packages: () => items })
  expect(cyclonedxFaults()(JSON.parse(await textOf(cyclonedx(document))))).toEqual([])
  expect(spdxFaults()(JSON.parse(await textOf(spdx(document))))).toEqual([])
})

test('another implementation reads the same from the purls of real packages', () => {
  for (const [purl, { type, namespace, name, version }] of packages) {
    // It takes no archive of Java that does not say its group.
    if (type === 'maven' && namespace === null) continue
    const read = PackageURL.fromString(purl)
    expect([read.type, comparable(read.name), read.version ?? null]).toEqual([
      type,
      comparable(name),
      version,
    ])
  }
})

/** By purl; of catalogers that have folders of files as they lie in images. */
async function recordedPackages(): Promise<Map<string, Package>> {
  const found = new Map<string, Package>()
  for (const cataloger of CATALOGERS) {
    const folder = `${FIXTURES}/${cataloger.id}`
    if (!existsSync(folder)) continue
    const cases = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory())
    for (const { name } of cases) {
      for (const one of await catalogFixture(cataloger, name)) {
        if (one.kind === 'package') found.set(purlOf(one.package, DEBIAN), one.package)
      }
    }
  }
  return found
}

/** Without what a type does not tell apart. */
function comparable(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
