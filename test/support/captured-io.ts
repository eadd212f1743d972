import type { CliIo } from '../../src/cli/context.ts'

/** What a command line of stella answered. */
export interface Said {
  code: number
  out: string
  err: string
}

/** Keeps what a command line says; it has no terminal, and nothing is typed. */
export function capturedIo(said: Said, setting: Partial<CliIo> = {}): CliIo {
  return {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    drained: async () => {},
    stdin: async function* () {},
    env: {},
    terminal: null,
    now: Date.now,
    becomeLean: () => {},
    mayGoUnread: () => {},
    ...setting,
  }
}
