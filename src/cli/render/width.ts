import type { CliIo } from '../context.ts'

/** Columns of a report: those of the terminal, within what can be read; 100 where there is none. */
export function reportWidth({ terminal }: CliIo): number {
  return terminal === null ? 100 : Math.min(Math.max(terminal.columns, 40), 120)
}
