import { bindingOf, ratioOf } from './binding.ts'
import type { Constraint } from './binding.ts'
import { openGroups } from './group.ts'
import { watchHeap } from './heap.ts'
import { machineReader } from './machine.ts'
import { pressureMeter } from './pressure.ts'
import type { Pressure } from './pressure.ts'

/** One look at everything that may end this process for memory. */
export interface MemorySample {
  constraints: readonly Constraint[]
  /** The fullest of them. */
  binding: Constraint
  /** How full that is: 1 is the limit. */
  ratio: number
  /** The charge of its own group, page cache too; null without one. */
  usageBytes: number | null
  heapUsedBytes: number
  heapLimitBytes: number
  /** Null: the kernel tells nothing of the group's pressure (cgroup v1), or not yet. */
  pressure: Pressure | null
}

export interface Sampler {
  /** The path of the group as the kernel names it; null: none can be seen. */
  groupPath: string | null
  /** Gives what was seen before where that is not long ago, and nothing has moved by much since. */
  sample(nowMs: number): MemorySample
  close(): void
}

/** All of it is read anew after so long: limits that are changed live, and the heap within memory that is charged already. */
const STANDS_FOR_MS = 250

/** @param root what stands for `/` */
export function openSampler(root = '/'): Sampler {
  const groups = openGroups(root)
  const machine = machineReader(root)
  const heap = watchHeap()
  const pressure = pressureMeter(() => groups?.pressure() ?? null)
  let last: { sample: MemorySample; atMs: number } | null = null
  return {
    groupPath: groups?.path ?? null,
    sample(nowMs) {
      if (last !== null && nowMs - last.atMs < STANDS_FOR_MS) {
        if (heap.isAsRead() && groups?.areAsRead() === true) return last.sample
      }
      const { liveBytes, usedBytes: heapUsedBytes, limitBytes } = heap.read()
      const levels = groups?.read() ?? []
      const limited = levels.flatMap(({ folder, seen }): Constraint[] =>
        seen === null || seen.limitBytes === null
          ? []
          : [
              {
                kind: 'group',
                name: folder,
                limitBytes: seen.limitBytes,
                usedBytes: seen.unreclaimableBytes,
              },
            ],
      )
      const outer = limited.length > 0 ? limited : [machine.read()]
      const constraints: Constraint[] = [
        ...outer,
        { kind: 'heap', name: 'V8 heap', limitBytes, usedBytes: liveBytes },
      ]
      const binding = bindingOf(constraints) ?? machine.read()
      const sample: MemorySample = {
        constraints,
        binding,
        ratio: ratioOf(binding),
        usageBytes: levels[0]?.seen?.usageBytes ?? null,
        heapUsedBytes,
        heapLimitBytes: limitBytes,
        pressure: pressure(nowMs),
      }
      last = { sample, atMs: nowMs }
      return sample
    },
    close() {
      groups?.close()
      machine.close()
      heap.stop()
    },
  }
}
