import type { RuntimeItem } from '../../../model/bill.ts'
import type { GoMap } from './map.ts'
import type { GoSettings } from './settings.ts'
import { commonItems, regionItem } from '../smaps-view.ts'

export const HEAP_ITEM = 'Go heap, with the stacks of goroutines'
export const OTHER_ITEM = 'Go runtime, and memory mapped past it'
export const MALLOC_ITEM = 'C code (malloc)'

/** The areas of a Go process. */
export function goItems(memory: GoMap, { limitBytes, limitWords }: GoSettings): RuntimeItem[] {
  const items = [
    regionItem(HEAP_ITEM, memory.heap, 'smaps: ranges at multiples of 64 MiB', {
      capBytes: limitBytes,
      cap:
        limitWords === null
          ? null
          : `${limitWords}: a goal, not a bound, for the heap and the runtime together`,
      // A Go program without a heap is none: its arenas are not where we look for them.
      ...(memory.heap.length === 0 ? { bytes: null } : {}),
    }),
    regionItem(OTHER_ITEM, memory.other, 'smaps: other anonymous memory', { reservedBytes: null }),
    regionItem(MALLOC_ITEM, memory.malloc, 'smaps: [heap], arenas of malloc'),
  ]
  return [
    ...items.filter(({ name, bytes }) => name === HEAP_ITEM || bytes !== 0),
    ...commonItems(memory.rest),
  ]
}
