import type { Seen } from './seen.ts'

/** `ok` null: it cannot be told (yet). */
export interface Finding {
  ok: boolean | null
  actual: string
  expected: string
}

/** One thing that has to be true. */
export interface Check {
  name: string
  /** What cannot be told keeps the whole open; where it is false, it is told and no more. */
  needed: boolean
  /** Null: it does not apply here. */
  judge(seen: Seen): Finding | null
}
