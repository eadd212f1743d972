import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { until } from './testbed.ts'

const PROGRAM = fileURLToPath(new URL('../../scripts/stella.ts', import.meta.url))

/** A stella that goes on while a test looks at it. */
export interface StellaProcess {
  child: ChildProcess
  /** Resolves when it has said this on stderr. */
  said(words: string): Promise<void>
}

export function startStella(args: readonly string[]): StellaProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  return {
    child,
    said: async (words) => {
      await until(`stella says '${words}'`, () => err.includes(words))
    },
  }
}
