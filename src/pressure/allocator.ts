/** Starts what holds memory, as a process of its own, and tells it how much. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { MemoryKind } from './experiment.ts'
import { identityOf } from '../sources/proc/identity.ts'
import type { ProcessIdentity } from '../sources/proc/identity.ts'
import { programFile } from './program-file.ts'

export interface AllocatorOrder {
  memory: MemoryKind
  /** `cgroup.procs` of the group that it joins. */
  procs: string
  /** Of page cache and tmpfs: made, and its name removed at once. */
  file: string
  /** After which it ends by itself. */
  ttlMs: number
}

export interface AllocatorEnd {
  code: number | null
  signal: string | null
  /** The last it said on stderr. */
  lastWords: string
}

export interface Allocator {
  identity: ProcessIdentity
  /** Resolves when it is in its group. */
  joined: Promise<void>
  /** How much it shall hold from now on; it never gives back a part. */
  to(bytes: number): void
  heldBytes(): number
  ended: Promise<AllocatorEnd>
}

const LAST_WORDS = 2_000

export function startAllocator(order: AllocatorOrder): Allocator {
  const child = spawn(process.execPath, [programFile('allocator'), JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A key that ends stella does not reach it: what ends it is the end of its input.
    detached: true,
    env: {},
  })
  let held = 0
  let lastWords = ''
  const ended = new Promise<AllocatorEnd>((resolve) => {
    child.on('error', (error) => resolve({ code: null, signal: null, lastWords: error.message }))
    child.on('close', (code, signal) => resolve({ code, signal, lastWords: lastWords.trim() }))
  })
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    lastWords = (lastWords + said).slice(-LAST_WORDS)
  })
  // It may end at any time.
  child.stdin.on('error', () => undefined)
  const joined = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      held = Number(line)
      resolve()
    })
  })
  return {
    identity: identityOf(child.pid ?? 0),
    joined: Promise.race([joined, ended.then(() => undefined)]),
    to: (bytes) => void child.stdin.write(`${bytes}\n`),
    heldBytes: () => held,
    ended,
  }
}
