import type { OomEvidence } from '../../../../simulate/oom/evidence.ts'

export interface FoundEvidence {
  evidence: OomEvidence
  /** What was looked at, where it is not word by word what was asked for. */
  notes: readonly string[]
}
