import { CAUSES_IN_WORDS } from '../../src/model/codes.ts'
import type { CauseCode } from '../../src/model/codes.ts'

/** Why it grew, as a heading. */
export function causeTitle(cause: CauseCode): string {
  return CAUSES_IN_WORDS.find(({ code }) => code === cause)?.title ?? cause
}
