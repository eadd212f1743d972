import type { Recording } from '../../model/series.ts'

/** One way in which memory over time is written down. */
export interface SeriesFormat {
  /** Decides from the first 64 KiB. Never throws. */
  recognise(head: string): boolean
  /**
   * Reads the whole text.
   *
   * @param from the file's name, for error texts
   * @throws StellaError (usage) that names the line and what to do
   */
  read(text: string, from: string): Recording
}
