import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layeredImage } from '../../../test/support/layered-images.ts'
import type { LayerEntry } from '../../../test/support/layered-images.ts'
import { layerTar, squashed } from '../../../test/support/layer-tar.ts'
import { npmInstalled } from '../../sbom/catalogers/npm-installed.ts'

const packages = (layers: readonly (readonly LayerEntry[])[]): Promise<Map<string, string>> =>
  squashed(layers.map(layerTar), [npmInstalled])

// That umoci unpacks these images in the same way is shown by test/apart/squash.test.ts.
test('packages are where they would be if the layers were unpacked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const image = layeredImage(seed)
      const expected = [...image.packages].map(([path, text]): [string, string] => [
        path,
        nameIn(text),
      ])
      expect(await packages(image.layers)).toEqual(new Map(expected))
    }),
    { numRuns: 300 },
  )
})

function nameIn(text: string): string {
  const { name }: { name: string } = JSON.parse(text)
  return name
}
