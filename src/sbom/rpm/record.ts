/** What the three kinds of databases of rpm have in common. */
import type { RandomFile } from '../cataloger.ts'

/** The bytes of one record, in pieces that are valid until the next. */
export type Record = Iterable<Uint8Array>

/** A part of a database could not be read: it is told, and the rest read. */
export interface Damage {
  says: string
}

export interface RpmDatabase {
  /** Whether it begins as this kind does. */
  recognises(beginning: Uint8Array): boolean
  /** The headers of packages, and what else is kept like them; in any order. Takes no longer than reading the file takes. */
  records(file: RandomFile): Iterable<Record | Damage>
}
