import type { Recipe } from '../image.ts'
import { CODECS } from './codecs.ts'
import { DEBIAN_MIN } from './debian.ts'
import { HOSTILE } from './hostile.ts'
import { huge } from './huge.ts'
import { manyFiles } from './many-files.ts'
import { MANY_LAYERS } from './many-layers.ts'
import { POLYGLOT } from './polyglot.ts'
import { TINY } from './tiny.ts'

/** What the scanner is measured with, small ones first. */
export const RECIPES = {
  tiny: TINY,
  codecs: CODECS,
  'debian-min': DEBIAN_MIN,
  polyglot: POLYGLOT,
  'many-layers': MANY_LAYERS,
  'many-files': manyFiles(20_000),
  huge: huge(1024),
  ...HOSTILE,
} as const satisfies Readonly<Record<string, Recipe>>

export type ImageName = keyof typeof RECIPES

export function isImageName(text: string): text is ImageName {
  return Object.hasOwn(RECIPES, text)
}
