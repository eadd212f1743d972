/** The thread that writes. It goes on while the main thread stands still, and has nothing to do with its event loop or its heap. */
import { workerData } from 'node:worker_threads'
import { bindingOf } from '../memory/binding.ts'
import type { Constraint } from '../memory/binding.ts'
import { openGroups } from '../memory/group.ts'
import { machineReader } from '../memory/machine.ts'
import { pauseFor } from '../pause.ts'
import { tierAt } from './record.ts'
import { openRing } from './ring.ts'
import { END_REASONS, readFigures, SIGNAL, tierIn } from './shared.ts'
import type { SharedMemory } from './shared.ts'

export interface ThreadData {
  file: string
  root: string
  host: string
  service: string
  shared: SharedMemory
}

const MIB = 1024 * 1024
/** One thread was seen to fill 2,100 MiB of buffers in a second. To wake up is what costs: of two threads, some 0.1 ms each time. */
const RESTING = { fillRate: 2_200 * MIB, shortestMs: 30, longestMs: 250 }
const FILLING = { ...RESTING, shortestMs: 5 }
const FILLS_FROM = 4 * MIB
/** A last record from so near the limit tells enough of a burst that no look could catch any more. */
const NEAR = 0.25
const NEAR_MS = 100
/** What is nearly as it was is not written down again so soon. */
const SAME_FOR_MS = 1_000

record(workerData)

function record({ file, root, host, service, shared }: ThreadData): void {
  const groups = openGroups(root)
  const machine = machineReader(root)
  const ring = openRing(file)
  const signal = new Int32Array(shared.signal)
  const figures = new Float64Array(shared.figures)
  let last: { at: number; used: number; tier: number } | null = null
  let pauseMs = RESTING.shortestMs

  function isAsBefore(at: number): boolean {
    if (last === null || last.tier !== tierIn(figures) || at - last.at >= SAME_FOR_MS) return false
    return groups?.areAsRead() ?? false
  }

  function look(at: number, isOver: boolean): void {
    const told = readFigures(figures)
    const levels = groups?.read() ?? []
    const limits = levels.flatMap(({ folder, seen }): Constraint[] => {
      if (seen === null || seen.limitBytes === null) return []
      const { limitBytes, unreclaimableBytes: usedBytes } = seen
      return [{ kind: 'group', name: folder, limitBytes, usedBytes }]
    })
    const { usedBytes: used, limitBytes: limit } = bindingOf(limits) ?? machine.read()
    const usage = levels[0]?.seen?.usageBytes ?? null
    ring.write({
      ...{ at, pid: process.pid, host, service, group: groups?.path ?? null },
      ...{ tier: tierAt(told.tier), usage, unreclaimable: used, limit },
      ...{ heap: told.heapBytes, heapLimit: told.heapLimitBytes },
      ...{ inFlight: told.inFlight, reserved: told.reservedBytes },
      stalled: Math.max(0, Math.round(at - told.dueMs)),
      end: isOver ? (END_REASONS[Atomics.load(signal, 1)] ?? null) : null,
    })
    const isFilling = used - (last?.used ?? used) >= FILLS_FROM
    pauseMs = isFilling ? pauseFor(limit - used, FILLING) : restingPause(limit - used, limit)
    last = { at, used, tier: told.tier }
  }

  for (;;) {
    const isOver = Atomics.load(signal, 0) === SIGNAL.end
    const at = Date.now()
    if (isOver || !isAsBefore(at)) look(at, isOver)
    if (isOver) break
    Atomics.wait(signal, 0, SIGNAL.goOn, pauseMs)
  }
  ring.close()
  Atomics.store(signal, 0, SIGNAL.ended)
  Atomics.notify(signal, 0)
}

/** While nothing fills, a look has to fall into the burst that may begin at any time, unless it would tell little more than this one. */
function restingPause(headroomBytes: number, limitBytes: number): number {
  return headroomBytes < NEAR * limitBytes ? NEAR_MS : pauseFor(headroomBytes, RESTING)
}
