import type { ClusterFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'

export interface SizeFlags extends CommonFlags, Pick<ClusterFlags, 'kubeconfig' | 'context'> {
  series?: string
  /** Address of a server. */
  prometheus?: string
  query?: string
  /** Milliseconds. */
  since?: number
  tokenFile?: string
  /** Bytes. */
  limit?: number
  /** A share: 0.2 is a fifth more than the need. */
  headroom?: number
  /** Bytes. */
  host?: number
  /** Milliseconds. */
  for?: number
  data?: string
}
