import type { ExitStatus, LogHint, RuntimeOom } from '../../model/facts.ts'

/**
 * Whether the words show that the process ended with them. `if-last`: they do when the program said nothing after them, because
 * the same words appear where a program reports an error that it caught.
 */
export type Ending = 'yes' | 'no' | 'if-last'

export type Finding =
  | { fact: Omit<RuntimeOom, 'fatal'>; ends: Ending; says: string }
  | { fact: LogHint | ExitStatus; says: string }

/** What one runtime, or one kind of hint, writes into logs. */
export interface Signature {
  id: string
  /** Every line it knows contains one of these, letter for letter: lines without are never looked at. */
  needles: readonly string[]
  /** Judges one line, freed of what a log driver put before it. Never throws. */
  read(line: string): Finding | null
  /** Lines that may follow an `if-last` ending: the rest of its stack trace. */
  trace?: RegExp
}

export function runtimeOom(
  runtime: RuntimeOom['runtime'],
  area: string,
  ends: Ending,
  message: string,
  says: string,
): Finding {
  return { fact: { kind: 'runtime-oom', runtime, area, message: clip(message) }, ends, says }
}

export function logHint(
  hint: LogHint['hint'],
  message: string,
  says: string,
  bytes: number | null = null,
): Finding {
  return { fact: { kind: 'log-hint', hint, message: clip(message), bytes }, says }
}

const MAX_MESSAGE = 500

export function clip(message: string): string {
  const trimmed = message.trim()
  return trimmed.length <= MAX_MESSAGE ? trimmed : `${trimmed.slice(0, MAX_MESSAGE - 2)} …`
}
