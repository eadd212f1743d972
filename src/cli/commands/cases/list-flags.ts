import type { VerdictCode } from '../../../model/case.ts'
import type { CommonFlags } from '../../common-flags.ts'

export interface ListFlags extends CommonFlags {
  /** Milliseconds. */
  since?: number
  verdict?: readonly VerdictCode[]
  subject?: string
  limit?: number
  data?: string
}
