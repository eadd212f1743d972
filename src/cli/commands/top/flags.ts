import { usageError } from '../../../model/errors.ts'
import type { StellaError } from '../../../model/errors.ts'
import type { SortKey } from '../../../watch/sort.ts'
import type { ManyPodsFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'

export interface TopFlags extends CommonFlags, ManyPodsFlags {
  cluster?: boolean
  sort: SortKey
  /** Milliseconds. */
  interval: number
  once?: boolean
  count?: number
}

export function bothAsked(): StellaError {
  return usageError('--once and --count exclude each other', null, 'choose one of them')
}
