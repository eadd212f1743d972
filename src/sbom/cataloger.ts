/** What a cataloger is: one kind of file in which packages are named. */
import type { Distribution, Package, PackageType } from '../model/package.ts'

/** What a cataloger learns from a file. */
export type Found =
  | {
      kind: 'package'
      package: Package
      /** Where inside of the file, as `BOOT-INF/lib/a.jar`; several levels are joined by `!/`. */
      inside?: string
      /** It is asked for here, as in a lock file, and counts only where nothing is installed beside the file. */
      isDeclared?: true
    }
  /** What another file says of the licences of a package that is found elsewhere. */
  | { kind: 'licences'; of: { type: PackageType; name: string }; licences: readonly string[] }
  | { kind: 'distribution'; distribution: Distribution }
  /** The file, or a part of it, could not be read: one sentence without a full stop, which names the part. */
  | { kind: 'problem'; says: string }

/** Which files a cataloger wants. Names are compared exactly, paths have no slash before them. */
export interface Selection {
  /** File names in any folder: `package.json`. */
  names?: readonly string[]
  /** Ends of file names with their dot, in lower case; compared without regard to case: `.jar`. */
  endings?: readonly string[]
  /** Whole paths: `var/lib/dpkg/status`. */
  paths?: readonly string[]
  /** All files that lie directly in one of these folders: `var/lib/dpkg/status.d`. */
  folders?: readonly string[]
  /** Programs and libraries, recognised by how they begin (ELF, PE, Mach-O). */
  programs?: true
  /** Chosen by one of the above, and yet not wanted: false. */
  accepts?(path: string): boolean
}

export interface WholeFile {
  path: string
  bytes: Uint8Array
}

/** A file that can be read at any place, whether it lies in memory, in an archive or in a scratch file. */
export interface RandomFile {
  path: string
  /** In bytes. */
  size: number
  /** Up to `length` bytes from `offset` on; fewer only at the end of the file. Valid until the next call. */
  read(offset: number, length: number): Uint8Array
}

/** Room outside of memory. */
export interface Scratch {
  /**
   * Keeps bytes so that they can be read at any place: a little in memory, more on disk.
   *
   * Null where there are more than `maxBytes`, or no room is left.
   */
  keep(
    path: string,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<KeptFile | null>
}

export interface KeptFile extends RandomFile {
  /** Gives the room back. */
  release(): void
}

interface About {
  /** Stands in SBOMs and in the cache: `dpkg-status`. */
  id: string
  /** What it reads, for people: a few words without a full stop. */
  title: string
  /** Raised when it finds something else in the same file; what is cached of an earlier one is not used then. */
  version: number
  selects: Selection
  /** Larger files are left out with a problem. */
  maxBytes: number
}

export type Cataloger = About &
  (
    | /** For small files. */ {
        reads: 'whole'
        catalog(file: WholeFile): Iterable<Found>
      }
    | /** For files that may be large, and are read from their beginning to their end. */ {
        reads: 'stream'
        open(path: string): StreamCatalog
      }
    | /** For files with an index: archives, databases, programs. */ {
        reads: 'anywhere'
        catalog(file: RandomFile, scratch: Scratch): Iterable<Found> | AsyncIterable<Found>
      }
  )

export interface StreamCatalog {
  /** The chunk is valid until it returns. */
  push(chunk: Uint8Array): Iterable<Found>
  finish(): Iterable<Found>
}
