/** What holds the memory of one worker. */

export interface Cage {
  /** What keeps its limit: `cgroup v2`; null: nothing does for it alone, and what it has resident is watched. */
  enforcedBy: string | null
  /** The group whose end of memory is its own, as the kernel names it; null: there is none. */
  path: string | null
  /** In force, or watched: what was asked for, or less where the host has less. Bytes. */
  limitBytes: number
  /** Words that make a program begin inside. */
  around(argv: readonly string[]): readonly string[]
  /** What the worker with this number has in use, without page cache that can go; null: not known any more. Bytes. */
  usageBytes(pid: number): number | null
  /** How often the kernel killed in it. */
  kills(): number
  /** Once nobody lives in it. */
  remove(): void
}

/** Where cages are made. */
export interface CageRoom {
  /** Why no worker has a limit of its own; null: each has one. */
  says: string | null
  make(name: string, limitBytes: number): Cage
  close(): void
}
