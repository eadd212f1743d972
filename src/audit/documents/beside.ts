import type { SourceFile } from './place.ts'

/**
 * Files of the repository, by their path from the file that names them. What lies outside, is too large, or is no text is not
 * there.
 */
export interface Beside {
  /** Null where there is no such file, or nothing is known of it; the same object each time. */
  read(path: string): SourceFile | null
  /** The names in a folder. */
  names(path: string): readonly string[]
}

/** Nothing is known but the file itself. */
export const NOTHING_BESIDE: Beside = { read: () => null, names: () => [] }
