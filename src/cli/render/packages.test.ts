import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anyDocument,
  packageNamed,
  sampleDocument,
  textOf,
  UPPER_LAYER,
} from '../../../test/support/sbom-documents.ts'
import { packageTable } from './packages.ts'
import { PLAIN } from './paint.ts'

describe('the packages of an image, for people', () => {
  it('has the counts first, then each type', async () => {
    const text = await textOf(packageTable(sampleDocument(), { width: null, paint: PLAIN }))
    expect(text).toBe(`registry.example/shop:1.4: 2 packages (1 deb, 1 npm)
  Debian GNU/Linux 12 (bookworm), linux/arm64/v8, 2 layers

deb, 1
  zlib1g  1:1.2.13.dfsg-1  Zlib, GPL-2+ with exceptions  var/lib/dpkg/status

npm, 1
  @babel/core  7.1.0  (MIT OR Apache-2.0)  app/a/package.json +1
`)
  })

  it('fits into the terminal, and keeps the end of a path', async () => {
    const text = await textOf(packageTable(sampleDocument(), { width: 60, paint: PLAIN }))
    expect(text).toContain(`
  zlib1g  1:1.2.13.dfsg-1  Zlib, GPL-2…  var/lib/dpkg/status
`)
    const narrow = await textOf(packageTable(sampleDocument(), { width: 45, paint: PLAIN }))
    expect(narrow).toContain(`
  zlib1g  1:1.2.13.…  Zlib,…  …ib/dpkg/status
`)
    const wide = await textOf(packageTable(sampleDocument(), { width: 80, paint: PLAIN }))
    expect(wide).toContain(`
  zlib1g  1:1.2.13.dfsg-1  Zlib, GPL-2+ with exceptions  var/lib/dpkg/status
`)
  })

  it('has what could not be read at its end', async () => {
    const problems = [{ says: 'the archive is cut off', path: 'app/a.jar', layer: UPPER_LAYER }]
    const document = sampleDocument({ packages: () => [], problems: () => problems })
    const text = await textOf(packageTable(document, { width: 80, paint: PLAIN }))
    expect(text).toBe(`registry.example/shop:1.4: 0 packages
  Debian GNU/Linux 12 (bookworm), linux/arm64/v8, 2 layers

Not read, so that packages may be missing
  - app/a.jar, layer
    ${UPPER_LAYER}: the
    archive is cut off
`)
  })

  it('lines the columns of a type up', async () => {
    const packages = ['a', 'abc', 'ab'].map((name, at) => ({
      package: packageNamed({ type: 'gem', name, version: `1.${'0'.repeat(at)}` }),
      purl: `pkg:gem/${name}`,
      occurrences: [],
    }))
    const document = sampleDocument({ packages: () => packages })
    const text = await textOf(packageTable(document, { width: 80, paint: PLAIN }))
    expect(text).toContain(`
gem, 3
  a    1.
  abc  1.0
  ab   1.00
`)
  })

  it('paints headings alone', async () => {
    const paint = { ...PLAIN, bold: (text: string) => `<${text}>` }
    const text = await textOf(packageTable(sampleDocument(), { width: 80, paint }))
    expect(text.match(/<[^>]*>/g)).toEqual([
      '<registry.example/shop:1.4: 2 packages (1 deb, 1 npm)>',
      '<deb, 1>',
      '<npm, 1>',
    ])
  })

  it('prints nothing that a terminal obeys, and a line for each package, whatever they are called', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyDocument,
        fc.option(fc.integer({ min: 1, max: 120 })),
        async (document, width) => {
          const text = await textOf(packageTable(document, { width, paint: PLAIN }))
          // oxlint-disable-next-line no-control-regex
          expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
          const count = Number(/:\s+(\d+)\s+packages?/.exec(text)?.[1])
          let packages = 0
          for await (const _ of document.packages()) packages++
          expect(count).toBe(packages)
        },
      ),
    )
  })
})
