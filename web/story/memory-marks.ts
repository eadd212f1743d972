import type { WarningLevel } from '../../src/model/warning.ts'

/** A warning that came before, as far as the story tells it. */
export interface StoryWarning {
  at: number
  level: WarningLevel
  says: string
  usedBytes: number
  limitBytes: number
}
