import type { RemedyPlatform } from '../../../model/case.ts'
import type { ClusterFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'

/** The options of `stella fix`. */
export interface FixFlags extends CommonFlags, ClusterFlags {
  apply?: boolean
  limit?: string
  for?: RemedyPlatform
  remedy?: string
  env?: readonly string[]
  recreate?: boolean
  file?: string
  undo?: boolean
  force?: boolean
  list?: boolean
  data?: string
}
