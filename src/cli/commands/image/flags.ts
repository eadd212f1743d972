import type { ImagePlatform } from '../../../model/image.ts'
import type { CommonFlags } from '../../common-flags.ts'

/** What both commands take. */
export interface ImageFlags extends CommonFlags {
  platform?: ImagePlatform
  format?: 'text' | 'json'
}
