import type { Runbook } from '../../model/runbook.ts'
import { filled, readWords } from '../commands/words.ts'
import type { Programs } from '../run/commands.ts'

/** A command as a test writes it: with the values that it is run with. Null: it needs a shell, or is none. */
export function commandNamed(text: string): Programs | null {
  const read = readWords(text)
  if (!read.ok) return null
  const programs = read.pipeline.programs.map((words) => filled(words, new Map()))
  return (programs[0]?.length ?? 0) === 0 ? null : programs
}

/** As somebody would type it. */
export function typed(programs: Programs): string {
  return programs.map((words) => words.map(quoted).join(' ')).join(' | ')
}

function quoted(word: string): string {
  return /^[\w./:@=+,{}%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

export function isSame(a: Programs, b: Programs): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Programs that its commands begin with: what begins with none of them is no command of it. */
export function programsOf({ steps }: Runbook): ReadonlySet<string> {
  const lines = steps.flatMap(({ run, undo }) => (undo === null ? run : [...run, undo]))
  return new Set(lines.map((line) => line.trimStart().split(/\s/, 1)[0] ?? ''))
}
