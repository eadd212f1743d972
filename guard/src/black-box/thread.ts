/** The thread that writes. It goes on while the main thread stands still, and has nothing to do with its event loop or its heap. */
import { workerData } from 'node:worker_threads'
import { bindingOf } from '../memory/binding.ts'
import type { Constraint } from '../memory/binding.ts'
import { openGroups } from '../memory/group.ts'
import { machineReader } from '../memory/machine.ts'
import { pauseFor } from '../pause.ts'
import { tierAt } from './record.ts'
import { openRing } from './ring.ts'
import { readFigures, SIGNAL } from './shared.ts'
import type { SharedMemory } from './shared.ts'

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
/** While it fills; at rest this would take some percent of a processor. */
const FILLING = { ...RESTING, shortestMs: 5 }
const FILLS_FROM = 4 * MIB

record(workerData)

function record({ file, root, host, service, shared }: ThreadData): void {
  const groups = openGroups(root)
  const machine = machineReader(root)
  const ring = openRing(file)
  const signal = new Int32Array(shared.signal)
  let before = 0
  for (;;) {
    const levels = (groups?.levels ?? []).map(({ folder, read }) => ({ folder, seen: read() }))
    const limits = levels.flatMap(({ folder, seen }): Constraint[] => {
      if (seen === null || seen.limitBytes === null) return []
      const { limitBytes, unreclaimableBytes: usedBytes } = seen
      return [{ kind: 'group', name: folder, limitBytes, usedBytes }]
    })
    const binding = bindingOf(limits) ?? machine.read()
    const told = readFigures(shared)
    const at = Date.now()
    const isOver = Atomics.load(signal, 0) === SIGNAL.end
    ring.write({
      ...{ at, pid: process.pid, host, service, group: groups?.path ?? null },
      ...{ tier: tierAt(told.tier), usage: levels[0]?.seen?.usageBytes ?? null },
      ...{ unreclaimable: binding.usedBytes, limit: binding.limitBytes },
      ...{ heap: told.heapBytes, heapLimit: told.heapLimitBytes },
      ...{ inFlight: told.inFlight, reserved: told.reservedBytes },
      stalled: Math.max(0, Math.round(at - told.dueMs)),
      end: isOver ? 'left' : null,
    })
    if (isOver) {
      ring.close()
      Atomics.store(signal, 0, SIGNAL.ended)
      Atomics.notify(signal, 0)
      return
    }
    const headroom = binding.limitBytes - binding.usedBytes
    const isFilling = binding.usedBytes - before >= FILLS_FROM
    before = binding.usedBytes
    Atomics.wait(signal, 0, SIGNAL.goOn, pauseFor(headroom, isFilling ? FILLING : RESTING))
  }
}
