import type { Place } from './place.ts'

/** Why a file, or a part of it, could not be judged. */
export interface Problem {
  at: Place
  /** What is wrong, without a full stop. */
  what: string
  /** What to do about it. */
  todo: string
}
