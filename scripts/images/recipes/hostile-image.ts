import { layerOf, written } from '../image.ts'
import type { Layer, Recipe, Truth } from '../image.ts'
import { OS_RELEASE, npmPackage } from '../packages.ts'
import type { Entry, LongBody } from '../tar.ts'

export const MIB = 1024 * 1024

/** It lies behind what does harm, and has to be found where the image is not refused. */
export const BEHIND: Entry = npmPackage('srv', 'behind', '1.0.0')
export const HAS_BEHIND: Truth['packages'] = { npm: ['behind@1.0.0'] }

/**
 * An image whose upper layer was made to do harm.
 *
 * @param stored how its blob lies in an OCI layout; null: it is only ever a stream
 */
export function hostile(
  about: string,
  entries: () => Iterable<Entry>,
  {
    stored = null,
    packages = {},
  }: {
    stored?: Pick<Layer, 'packing' | 'damage'> | null
    packages?: Truth['packages']
  } = {},
): Recipe {
  return {
    about,
    forms: stored === null ? [] : ['oci'],
    mayBeRefused: true,
    make: async () => ({
      layers: [layerOf('base', () => [OS_RELEASE]), { ...layerOf(about, entries), ...stored }],
      truth: written(packages),
    }),
  }
}

/** A text again and again, cut at so many bytes. */
export function repeated(text: string, bytes: number): LongBody {
  return {
    bytes,
    *chunks() {
      const piece = Buffer.from(text.repeat(Math.ceil(MIB / text.length)))
      for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left)
    },
  }
}
