import type { Runbook } from '../../model/runbook.ts'

export interface Finding {
  rule: string
  /** Of the document, counted from 1. */
  line: number
  says: string
  /** What to do. */
  todo: string
  /** It cannot be run as it is, or it might do harm. */
  isError: boolean
}

/** What rules look at beside the runbook. */
export interface Surroundings {
  text: string
  /** Milliseconds. */
  now: number
  /** Milliseconds; when a run of it ended well the last time. Null: none did, as far as is known. */
  lastGoodRun: number | null
  /** Whether there is such a file, seen from the document. */
  exists(path: string): boolean
  /** Names of the places that a link may lead to in a document. Null: it is none, or cannot be read. */
  anchorsOf(path: string): ReadonlySet<string> | null
}

export interface Rule {
  id: string
  /** What is wrong where it finds something. */
  about: string
  find(runbook: Runbook, around: Surroundings): readonly Omit<Finding, 'rule'>[]
}
