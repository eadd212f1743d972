/** The thread that writes. It goes on while the main thread stands still, and has nothing to do with its event loop or its heap. */
import { workerData } from 'node:worker_threads'
import { bindingOf } from '../memory/binding.ts'
import type { Constraint } from '../memory/binding.ts'
import { openGroups } from '../memory/group.ts'
import { machineReader } from '../memory/machine.ts'
import { pauseFor } from '../pause.ts'
import { tierAt } from './record.ts'
import { openRing } from './ring.ts'
import { END_REASONS, readFigures, SIGNAL } from './shared.ts'
import type { SharedFigures, SharedMemory } from './shared.ts'

export interface ThreadData {
  file: string
  root: string
  host: string
  service: string
  shared: SharedMemory
}

const MIB = 1024 * 1024
/** One thread was seen to fill 2,100 MiB of buffers in a second. */
const RESTING = { fillRate: 2_200 * MIB, shortestMs: 20, longestMs: 250 }
const FILLING = { ...RESTING, shortestMs: 5 }
const FILLS_FROM = 4 * MIB
/** What is nearly as it was is not written down again so soon: at rest that would take some percent of a processor. */
const SAME_WITHIN = MIB
const SAME_FOR_MS = 1_000

record(workerData)

function record({ file, root, host, service, shared }: ThreadData): void {
  const groups = openGroups(root)
  const machine = machineReader(root)
  const ring = openRing(file)
  const signal = new Int32Array(shared.signal)
  const own = groups?.levels[0]
  let last: { at: number; usage: number | null; used: number; tier: number } | null = null
  let pauseMs = RESTING.shortestMs

  function isAsBefore(at: number, tier: number): boolean {
    if (last === null || last.usage === null || last.tier !== tier) return false
    const usage = own?.usageBytes() ?? null
    const isSame = usage !== null && Math.abs(usage - last.usage) < SAME_WITHIN
    return isSame && at - last.at < SAME_FOR_MS
  }

  function look(at: number, told: SharedFigures, isOver: boolean): void {
    const levels = (groups?.levels ?? []).map(({ folder, read }) => ({ folder, seen: read() }))
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
    pauseMs = pauseFor(limit - used, isFilling ? FILLING : RESTING)
    last = { at, usage, used, tier: told.tier }
  }

  for (;;) {
    const isOver = Atomics.load(signal, 0) === SIGNAL.end
    const told = readFigures(shared)
    const at = Date.now()
    if (isOver || !isAsBefore(at, told.tier)) look(at, told, isOver)
    if (isOver) break
    Atomics.wait(signal, 0, SIGNAL.goOn, pauseMs)
  }
  ring.close()
  Atomics.store(signal, 0, SIGNAL.ended)
  Atomics.notify(signal, 0)
}
