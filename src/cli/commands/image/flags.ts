import type { ImagePlatform, ImageReference } from '../../../model/image.ts'
import type { CommonFlags } from '../../common-flags.ts'

/** What both commands take. */
export interface ImageFlags extends CommonFlags {
  platform?: ImagePlatform
  format?: 'text' | 'json'
}

/** What the user named, and how it was understood. */
export interface NamedImage {
  text: string
  reference: ImageReference
}
