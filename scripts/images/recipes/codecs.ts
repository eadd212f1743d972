import { layerOf, written } from '../image.ts'
import type { LayerPacking, Recipe } from '../image.ts'
import { OS_RELEASE, dpkgStatus, npmPackage, pythonPackage } from '../packages.ts'
import type { Entry } from '../tar.ts'

const PACKINGS: readonly LayerPacking[] = ['none', 'gzip', 'members', 'zstd']

/** One layer for each way in which layers are stored. As an archive of Docker, the same layers are stored in one way. */
export const CODECS: Recipe = {
  about: `layers stored as ${PACKINGS.join(', ')}`,
  forms: ['oci', 'docker'],
  make: async () => ({
    layers: PACKINGS.map((packing) => ({
      ...layerOf(`stored as ${packing}`, () => entriesOf(packing)),
      packing,
    })),
    truth: written({
      deb: ['bash@5.2.15-2+b7'],
      npm: PACKINGS.map((packing) => `in-${packing}@1.0.0`),
      pypi: PACKINGS.map((packing) => `also-in-${packing}@2.0.0`),
    }),
  }),
}

/** The packages of the machine lie in the lowest layer. */
function entriesOf(packing: LayerPacking): readonly Entry[] {
  const machine = packing === 'none' ? [OS_RELEASE, dpkgStatus({ bash: '5.2.15-2+b7' })] : []
  return [
    ...machine,
    npmPackage('srv', `in-${packing}`, '1.0.0'),
    { path: `opt/${packing}.txt`, body: 'what is no package\n'.repeat(100_000) },
    pythonPackage(`also-in-${packing}`, '2.0.0'),
  ]
}
