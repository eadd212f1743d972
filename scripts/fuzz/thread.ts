/** In a thread of its own: runs of one target, each made from its seed and number alone. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { minimised } from './minimise.ts'
import { failureOf, inputOf, kindOf } from './run.ts'
import type { Sample, Target } from './target.ts'

export interface Task {
  /** A module that exports TARGETS. */
  targets: string
  target: string
  seed: number
  /** Number of the first run, and of the one that is not made any more. */
  from: number
  to: number
  /** After so long no more run is begun. */
  forMs: number
  /** Where the inputs of failures are left; null: nowhere. */
  found: string | null
  /** Holds the number of the present run, for who watches. */
  present: SharedArrayBuffer
}

export type Told = { failed: string } | { next: number; ms: number }

/** The same failure is told once, and others of it are counted by nobody. */
const MOST_FAILURES = 10

const task: Task = workerData
await carryOut(task)

async function carryOut({
  target: name,
  seed,
  from,
  to,
  forMs,
  found,
  present,
}: Task): Promise<void> {
  const { TARGETS }: { TARGETS: readonly Target[] } = await import(task.targets)
  const target = TARGETS.find((one) => one.name === name)
  const samples = target?.samples() ?? []
  if (target === undefined || samples.length === 0) throw new Error(`${name} has nothing to damage`)
  const current = new Float64Array(present)
  const known = new Set<string>()
  const began = performance.now()
  let at = from
  for (; at < to && performance.now() - began < forMs && known.size < MOST_FAILURES; at++) {
    current[0] = at
    const input = inputOf(samples, seed, at)
    const failure = await failureOf(target, input, seed, at)
    if (failure !== null && !known.has(kindOf(failure))) {
      known.add(kindOf(failure))
      const path = found === null ? '' : await leave(found, target, { input, failure, seed, at })
      tell({ failed: `run ${at} ${failure} (${input.path})${path}` })
    }
    // What is outside of the heap is given back between turns, and whoever watches gets word.
    if (at % 16 === 0) await setImmediate()
  }
  tell({ next: at, ms: performance.now() - began })
}

function tell(told: Told): void {
  // The rule means windows of browsers.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(told)
}

async function leave(
  folder: string,
  target: Target,
  { input, failure, seed, at }: { input: Sample; failure: string; seed: number; at: number },
): Promise<string> {
  const isSame = async (bytes: Buffer): Promise<boolean> => {
    const other = await failureOf(target, { ...input, bytes }, seed, at)
    return other !== null && kindOf(other) === kindOf(failure)
  }
  // To wait for a slow one again and again says nothing more.
  const bytes = failure.startsWith('threw') ? await minimised(input.bytes, isSame) : input.bytes
  mkdirSync(folder, { recursive: true })
  const name = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const path = join(folder, `${target.name}-${name}`)
  writeFileSync(path, bytes)
  return `, the least of it: ${path}`
}
