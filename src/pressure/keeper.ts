/** Starts the keeper of an experiment, and stays in touch with it. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod/mini'
import { EXIT, StellaError } from '../model/errors.ts'
import type { Reader } from '../sources/reader.ts'
import { programFile } from './program-file.ts'

export interface KeeperOrder {
  id: string
  dataFolder: string
  lockFolder: string
  /** After which it takes back what is not over. */
  ttlMs: number
}

const FromKeeper = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({
    kind: z.literal('refused'),
    exitCode: z.enum(EXIT),
    what: z.string(),
    where: z.nullable(z.string()),
    todo: z.string(),
  }),
])
export type FromKeeper = z.infer<typeof FromKeeper>

export interface Keeper {
  /** It is there, and nobody else's. */
  ended: Promise<void>
  /** All is taken back: it has nothing to do any more. */
  over(): Promise<void>
}

const BEAT_MS = 500

/** One experiment at a time on a machine. */
export function lockPath(folder: string): string {
  return join(folder, 'pressure')
}

/**
 * @param env where it finds the engine that changed a limit
 * @throws StellaError where another experiment runs, naming who runs it
 */
export async function startKeeper(order: KeeperOrder, env: Reader['env']): Promise<Keeper> {
  const child = spawn(process.execPath, [programFile('keeper'), JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // In a session of its own: what ends ours does not end it.
    detached: true,
    env: { ...env },
  })
  child.stdin.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => {
    child.on('error', () => resolve())
    child.on('close', () => resolve())
  })
  const said = new Promise<FromKeeper | null>((resolve) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve(FromKeeper.parse(JSON.parse(line)))
    })
    void ended.then(() => resolve(null))
  })
  const first = await said
  if (first?.kind === 'refused') throw new StellaError(first)
  if (first === null) {
    throw new StellaError({
      exitCode: EXIT.unreachable,
      what: 'the keeper that would take the experiment back could not be started',
      todo: 'see that this machine has memory and processes left',
    })
  }
  const beats = setInterval(() => void child.stdin.write('\n'), BEAT_MS)
  return {
    ended: ended.finally(() => clearInterval(beats)),
    async over() {
      child.stdin.end('over\n')
      await ended
    },
  }
}
