import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { holdDocuments } from './documents.ts'

export interface Ran {
  code: number | null
  out: string
  err: string
}

/** Runs stella as it is built, as a program of its own, with everything real below it. */
export async function runStella(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  await once(child, 'close')
  if (args.includes('--json')) holdDocuments(out)
  return { code: child.exitCode, out, err }
}
