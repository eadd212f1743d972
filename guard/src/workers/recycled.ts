import { fork } from 'node:child_process'
import type { ChildProcess, Serializable } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { GuardError } from '../errors.ts'

export interface WorkerSettings {
  /** A module that answers each message of its parent with one: `process.on('message', …)`, `process.send(…)`. */
  file: string
  count: number
  /** A worker that holds more than this after a task is replaced. In bytes. */
  ceilingBytes: number
  args?: readonly string[]
}

/** Processes that work one task after the other, and begin anew before they grow too large. */
export interface RecycledWorkers {
  /** Gives a message to a worker that is free, and resolves to its answer. */
  run(message: Serializable): Promise<unknown>
  /** How many were replaced, for their memory or because they ended. */
  readonly replaced: number
  readonly pids: readonly number[]
  /** Ends them all; tasks that run come to their end first. */
  close(): Promise<void>
}

interface Slot {
  child: ChildProcess
  isBusy: boolean
}

/** How long a worker that was replaced may take to end. */
const GRACE_MS = 5_000

export function createRecycledWorkers(settings: WorkerSettings): RecycledWorkers {
  const { file, count, ceilingBytes, args = [] } = settings
  const begin = (): ChildProcess => fork(file, args, { serialization: 'advanced' })
  const slots = Array.from({ length: count }, (): Slot => ({ child: begin(), isBusy: false }))
  const line: ((slot: Slot) => void)[] = []
  let replaced = 0
  let isClosed = false

  function free(slot: Slot): void {
    slot.isBusy = false
    const isGone = !isAlive(slot.child)
    if (!isClosed && (isGone || heldBytes(slot.child.pid) > ceilingBytes)) {
      replaced += 1
      if (!isGone) end(slot.child)
      slot.child = begin()
    }
    const next = line.shift()
    if (next === undefined) return
    slot.isBusy = true
    next(slot)
  }

  async function taken(): Promise<Slot> {
    const slot = slots.find(({ isBusy }) => !isBusy)
    if (slot === undefined) return await new Promise((resolve) => line.push(resolve))
    slot.isBusy = true
    if (!isAlive(slot.child)) {
      replaced += 1
      slot.child = begin()
    }
    return slot
  }

  return {
    async run(message) {
      if (isClosed) throw new GuardError('pool-closed', 'the workers were closed')
      const slot = await taken()
      try {
        return await answerOf(slot.child, message)
      } finally {
        free(slot)
      }
    },
    get replaced() {
      return replaced
    },
    get pids() {
      return slots.flatMap(({ child }) => child.pid ?? [])
    },
    async close() {
      isClosed = true
      await Promise.all(
        slots.map(async (slot) => {
          while (slot.isBusy) await new Promise((resolve) => setTimeout(resolve, 20))
          const ended = new Promise((resolve) => slot.child.once('exit', resolve))
          if (!isAlive(slot.child)) return
          end(slot.child)
          await ended
        }),
      )
    },
  }
}

async function answerOf(child: ChildProcess, message: Serializable): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    const settle = (work: () => void): void => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      child.off('error', onError)
      work()
    }
    const onMessage = (answer: unknown): void => settle(() => resolve(answer))
    const onExit = (code: number | null, signal: string | null): void =>
      settle(() =>
        reject(
          new GuardError(
            'worker-ended',
            `the worker ended (${signal ?? `exit code ${code}`}) before it had answered: give the task again`,
          ),
        ),
      )
    const onError = (error: Error): void => settle(() => reject(error))
    child.on('message', onMessage).on('exit', onExit).on('error', onError)
    child.send(message)
  })
}

function isAlive(child: ChildProcess): boolean {
  return child.connected && child.exitCode === null && child.signalCode === null
}

/** Its channel closes, which ends a worker that has nothing else to do; else it is asked, and in the end made to. */
function end(child: ChildProcess): void {
  child.disconnect()
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  timer.unref()
  child.once('exit', () => clearTimeout(timer))
}

/** What it has for itself: pages of files can be dropped. 0 where the kernel does not tell. */
function heldBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
