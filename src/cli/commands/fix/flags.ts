import type { RemedyPlatform } from '../../../model/case.ts'
import { MANIFEST_FORMS, type ManifestForm } from '../../../remedy/driver.ts'
import type { ClusterFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'

/** The options of `stella fix`. */
export interface FixFlags extends CommonFlags, ClusterFlags {
  apply?: boolean
  limit?: string
  for?: RemedyPlatform | ManifestForm
  remedy?: string
  env?: readonly string[]
  recreate?: boolean
  inPlace?: boolean
  diff?: boolean
  file?: string
  undo?: boolean
  force?: boolean
  list?: boolean
  data?: string
}

/** The file that is asked for instead of a change. */
export function formIn(flags: FixFlags): ManifestForm | null {
  return MANIFEST_FORMS.find((form) => form === flags.for) ?? null
}

export function platformIn(flags: FixFlags): RemedyPlatform | null {
  if (flags.for === 'kustomize' || flags.for === 'helm') return 'kubernetes'
  return flags.for ?? null
}
