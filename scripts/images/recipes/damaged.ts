import type { Recipe } from '../image.ts'
import { npmPackage } from '../packages.ts'
import { randomBytes } from '../random.ts'
import type { Entry } from '../tar.ts'
import { BEHIND, HAS_BEHIND, MIB, hostile, repeated } from './hostile-image.ts'

const some = (): readonly Entry[] => [
  npmPackage('srv', 'first', '1.0.0'),
  { path: 'opt/data.bin', body: randomBytes(1, 4 * MIB) },
  BEHIND,
]
const zeros = (): readonly Entry[] => [
  { path: 'opt/zeros.bin', body: repeated('\0', 6 * 1024 * MIB) },
  BEHIND,
]

/** Layers that break off, that are others than their digest says, and that grow when they are unpacked. */
export const DAMAGED = {
  'hostile-cut': hostile('half of a layer that is not packed', some, {
    stored: { packing: 'none', damage: 'cut' },
  }),
  'hostile-cut-gzip': hostile('half of a layer in gzip', some, {
    stored: { packing: 'gzip', damage: 'cut' },
  }),
  'hostile-cut-zstd': hostile('half of a layer in zstd', some, {
    stored: { packing: 'zstd', damage: 'cut' },
  }),
  'hostile-changed': hostile('a layer with another byte than its digest says', some, {
    stored: { packing: 'gzip', damage: 'changed' },
  }),
  'hostile-bomb-gzip': hostile('6 GiB of zeros in gzip', zeros, {
    stored: { packing: 'gzip' },
    packages: HAS_BEHIND,
  }),
  'hostile-bomb-zstd': hostile('6 GiB of zeros in zstd', zeros, {
    stored: { packing: 'zstd' },
    packages: HAS_BEHIND,
  }),
} as const satisfies Readonly<Record<string, Recipe>>
