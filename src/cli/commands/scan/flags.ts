import type { NamedImage } from '../../../app/scan/open.ts'
import type { ImagePlatform } from '../../../model/image.ts'
import type { CommonFlags } from '../../common-flags.ts'

export interface ScanFlags extends CommonFlags {
  image?: NamedImage
  platform?: ImagePlatform
  format?: 'cyclonedx' | 'spdx' | 'table'
  output?: string
  profileMemory?: boolean
  profile?: boolean
  verbose?: boolean
  sbomFallback?: boolean
  retry?: boolean
  verify?: boolean
  /** Milliseconds. */
  timeout?: number
  here?: boolean
  server?: URL
  tokenFile?: string
  data?: string
}
