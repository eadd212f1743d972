import type { Word } from '../workload.ts'
import { commandWords, shellWords } from './words.ts'

/** The command of a health check: `[CMD, curl, …]`, `[CMD-SHELL, 'curl …']`, or `[NONE]`, which is none. */
export function probeWords([kind, ...rest]: readonly Word[]): Word[] | null {
  if (kind === undefined || rest.length === 0 || kind.text === 'NONE') return null
  return kind.text === 'CMD-SHELL' ? rest.flatMap(shellWords) : commandWords(rest)
}
