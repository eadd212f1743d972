import type { LogLine } from './line.ts'

/** Sentences that end in a process name or hold one: a newline inside belongs to the name. */
const HOLDS_NAME =
  /Killed process|[Kk]ill process|oom-kill:|invoked oom-killer|oom_reaper:|[Cc]omm: |^\[ *\d+\] /

/** A record may hold several lines (memory statistics are printed as one); rsyslog writes their newlines as `#012`. */
export function isSeveral({ text }: LogLine): boolean {
  return text.includes('#012') || text.includes('\n')
}

export function splitText(line: LogLine): readonly LogLine[] {
  const text = line.text.replaceAll('#012', '\n')
  if (HOLDS_NAME.test(text)) return [{ ...line, text }]
  return text.split('\n').map((part) => ({ ...line, text: part.trimStart() }))
}
