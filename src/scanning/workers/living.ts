/** A worker that lives: its process, and what holds its memory. */
import type { Instant } from '../../model/time.ts'
import type { CageRoom } from './cages/cage.ts'
import type { FromWorker, ScanOrder } from './messages.ts'
import type { EndedFor, EndSeen } from './verdict.ts'
import { startWorker } from './worker-process.ts'
import type { WorkerEnd, WorkerProgram } from './worker-process.ts'

export interface LivingOptions {
  name: string
  program: WorkerProgram
  room: CageRoom
  /** What a worker that starts now may have. */
  limitBytes(): number
  now(): Instant
}

export interface Living {
  pid: number
  enforcedBy: string | null
  /** Of its cage, as the kernel names it. */
  path: string | null
  /** In force, or watched. Bytes. */
  limitBytes: number
  startedAt: Instant
  /** Once it can be told to scan, or is gone. */
  ready: Promise<void>
  ended: Promise<WorkerEnd>
  isAlive(): boolean
  usageBytes(): number | null
  /** The most that was seen of it: the kernel's own mark has page cache in it that could have gone. */
  peakBytes(): number | null
  scan(order: ScanOrder, onMessage: (message: FromWorker) => void): void
  kill(): void
  /** How it ended, once it has. */
  seen(endedFor: EndedFor): Promise<EndSeen>
  /** Its cage goes. */
  close(): void
}

let count = 0

export function openLiving({ name, program, room, limitBytes, now }: LivingOptions): Living {
  const cage = room.make(`${name}-${++count}`, limitBytes())
  let listener: (message: FromWorker) => void = () => undefined
  let isReady: () => void = () => undefined
  const readied = new Promise<void>((resolve) => {
    isReady = resolve
  })
  const child = startWorker(program, cage, (message) => {
    if (message.kind === 'ready') isReady()
    else listener(message)
  })
  let isAlive = true
  let peakBytes: number | null = null
  const ended = child.ended.then((end) => {
    isAlive = false
    return end
  })
  const usageBytes = (): number | null => {
    const bytes = cage.usageBytes(child.pid)
    if (bytes !== null) peakBytes = Math.max(peakBytes ?? 0, bytes)
    return bytes
  }
  return {
    pid: child.pid,
    enforcedBy: cage.enforcedBy,
    path: cage.path,
    limitBytes: cage.limitBytes,
    startedAt: now(),
    ready: Promise.race([readied, ended.then(() => undefined)]),
    ended,
    isAlive: () => isAlive,
    usageBytes,
    peakBytes: () => peakBytes,
    scan(order, onMessage) {
      listener = onMessage
      child.scan(order)
    },
    kill: () => child.kill(),
    async seen(endedFor) {
      const end = await ended
      return { ...end, endedFor, kernelKills: cage.kills(), limitBytes: cage.limitBytes }
    },
    close: () => cage.remove(),
  }
}
