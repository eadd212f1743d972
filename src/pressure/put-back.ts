/** Takes an experiment back: what holds memory ends, limits are as they were, groups that were made are gone. Safe to repeat. */
import { existsSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode } from '../model/error-code.ts'
import { errorMessage } from '../model/error-message.ts'
import { undoFix } from '../remedy/engine.ts'
import { DRIVERS } from '../remedy/platforms/index.ts'
import { isFromHere, livesStill } from '../sources/proc/identity.ts'
import type { ProcessIdentity } from '../sources/proc/identity.ts'
import type { Reader } from '../sources/reader.ts'
import { timed } from './journal.ts'
import type { ActivityRun, PressureRecord } from './journal.ts'
import type { PressureStore } from './records.ts'

/** A process that was killed while it waited for memory takes its time. */
const GONE_MS = 5_000
const WAY_BACK_MS = 60_000

/** @returns what was done, in the order it was done; one that failed does not keep the others from being tried */
export async function putBack(
  { id, undo }: PressureRecord,
  store: PressureStore,
  reader: Reader,
): Promise<readonly ActivityRun[]> {
  const done: ActivityRun[] = []
  async function move(name: string, work: () => void | Promise<void>): Promise<void> {
    const activity = { type: 'action', name } as const
    const start = reader.now()
    try {
      await work()
      done.push(
        timed(activity, { start, end: reader.now() }, { output: null, status: 'succeeded' }),
      )
    } catch (error) {
      const exception = [errorMessage(error)]
      done.push(
        timed(
          activity,
          { start, end: reader.now() },
          { output: null, status: 'failed', exception },
        ),
      )
    }
  }

  const { allocator, leaf } = undo
  if (allocator !== null) {
    await move('end what holds the memory', () => endProcess(allocator))
  }
  for (const fix of store.changes(id).list()) {
    if (fix.state === 'undone' || fix.state === 'rolled-back') continue
    const workshop = {
      drivers: DRIVERS,
      store: store.changes(id),
      hands: { reader, signal: AbortSignal.timeout(WAY_BACK_MS) },
    }
    await move(`take back: ${fix.plan.title}`, async () => {
      await undoFix(fix.id, workshop, { force: false })
    })
  }
  if (leaf !== null) await move(`remove the group ${leaf}`, () => removeLeaf(leaf))
  return done
}

/** At once, and nobody but the very process that was started. */
export function killAllocator(identity: ProcessIdentity): void {
  if (isFromHere(identity) && livesStill(identity)) kill(identity.pid)
}

async function endProcess(identity: ProcessIdentity): Promise<void> {
  if (!isFromHere(identity)) return
  killAllocator(identity)
  await soon(() => !livesStill(identity), `process ${identity.pid} does not end`)
}

/** Whoever is in it is ours: we made it, and nobody else knows of it. */
async function removeLeaf(folder: string): Promise<void> {
  await soon(() => {
    if (!existsSync(folder)) return true
    for (const pid of pidsIn(folder)) kill(pid)
    try {
      rmdirSync(folder)
      return true
    } catch (error) {
      if (errorCode(error) === 'EBUSY') return false
      if (errorCode(error) === 'ENOENT') return true
      throw error
    }
  }, `${folder} is still in use`)
}

function pidsIn(folder: string): readonly number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

async function soon(isSo: () => boolean, otherwise: string): Promise<void> {
  const end = performance.now() + GONE_MS
  while (!isSo()) {
    if (performance.now() > end) throw new Error(otherwise)
    await pause(10)
  }
}
