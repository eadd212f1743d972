import { asItIs } from './as-it-is.ts'

/** `--data`, of every command that keeps something or reads what was kept; `is` says what this one has there. */
export function dataFlag(is: string) {
  return {
    kind: 'parsed',
    parse: asItIs,
    brief: `${is} (default: STELLA_DATA, or the usual place)`,
    placeholder: 'DIR',
    optional: true,
  } as const
}
