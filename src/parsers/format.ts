import type { EvidenceSource, Observation } from '../model/evidence.ts'
import type { Instant } from '../model/time.ts'

/** Where a text came from. Parsers copy it into each observation and add the line. */
export interface Origin {
  /** Path or API path, as it shall stand in `from`. */
  from: string
  /** When a live source was read; null for files. */
  readAt: Instant | null
  /** Overrides the format's own source, for texts that a live source read. */
  source: EvidenceSource | null
}

/** One kind of file: how to know it by its content, and what it says. */
export interface TextFormat {
  /** `docker-inspect`, `pod`, … */
  id: string
  /** Decides from the first 64 KiB and, where content cannot tell (cgroup and /proc files), the path. Never throws. */
  recognise(head: string, path: string): boolean
  /** Never throws: what cannot be understood is left out. `text` is at most {@link MAX_TEXT_BYTES} long. */
  parse(text: string, origin: Origin): Observation[]
  /**
   * What the text itself says could not be read, or that it is of no use here, one sentence each: goes to `unknown`.
   *
   * @param from as it is shown
   */
  unread?(text: string, from: string): string[]
}

/** A kind of file that can be larger than memory. */
export interface StreamFormat {
  id: string
  recognise(head: string, path: string): boolean
  open(origin: Origin): StreamReader
}

export interface StreamReader {
  /** The chunk is only valid during the call. Memory stays bounded whatever comes. */
  push(chunk: Uint8Array): void
  finish(): Observation[]
}

/** Whole-text formats are read up to this size; beyond it the file is cut and listed under `unknown`. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024
