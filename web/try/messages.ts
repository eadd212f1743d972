/** What the page and its worker say to each other. */
import type { Case } from '../../src/model/case.ts'

export interface GivenFile {
  /** With the folders it lay in, as it was given. */
  path: string
  file: File
}

export type WorkerNews =
  | { kind: 'reading'; doneBytes: number; shown: string }
  | { kind: 'judging' }
  | { kind: 'done'; cases: readonly Case[]; unknown: readonly string[]; observations: number }
  | { kind: 'failed'; says: string }
