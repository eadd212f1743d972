import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** A place with a memory limit that really holds, where the workload runs. */
export interface Room {
  /** What `stella why` calls it. */
  target: string
  /** The commands that made it, for the reader to repeat. */
  made: readonly string[]
  /** As read back after it was set. */
  limitBytes: number
  /** The command that starts the workload there, for the reader. */
  runs: string
  start(): Promise<Outcome>
  /** Ends what runs there and takes the place away; may be called at any time and more than once. */
  close(): Promise<void>
}

/** Alive: the workload has all the memory it wants. */
export type Outcome = { kind: 'alive' } | { kind: 'ended'; exitCode: number }

/** A way to make rooms on this machine. */
export interface Arena {
  id: string
  name: string
  /** Says why this machine cannot have such a room, as a clause; null when it may. */
  whyNot(): Promise<string | null>
  /** @throws Error where the limit does not hold; nothing has run then */
  open(name: string, limitBytes: number): Promise<Room>
}

/** Anonymous memory that the workload wants. */
export const NEEDED_MIB = 110

export const WORKLOAD = join(import.meta.dirname, 'workload.ts')

/** Waits until the workload has what it wants or is dead. A wrapper that outlives it says `ended CODE`. */
export function outcomeOf(child: ChildProcess, stdout: Readable): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const ended = /^ended (\d+)$/.exec(line)?.[1]
      if (line === 'has it all') resolve({ kind: 'alive' })
      if (line === 'unlimited') reject(new Error('the limit does not hold for the workload'))
      if (ended !== undefined) resolve({ kind: 'ended', exitCode: Number(ended) })
    })
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({ kind: 'ended', exitCode: code ?? (signal === 'SIGKILL' ? 137 : 128) }),
    )
  })
}
