import type { RuntimeItem } from '../../../model/bill.ts'
import type { HeapLimit } from './heap-limit.ts'
import type { NodeMap } from './map.ts'
import { commonItems, ofKinds, regionItem } from '../smaps-view.ts'

export const HEAP_ITEM = 'V8 heap (JavaScript objects)'
export const NATIVE_ITEM = 'Buffers and native memory (malloc)'

/** The areas of a Node process. */
export function nodeItems(v8: NodeMap, limit: HeapLimit | null): RuntimeItem[] {
  const heaps = 1 + v8.workers
  const items = [
    regionItem(
      HEAP_ITEM,
      v8.heap,
      'smaps: pages that V8 maps by itself (VmFlags dc; nr before Node 18)',
      {
        capBytes: limit === null ? null : heaps * limit.bytes,
        cap:
          limit === null
            ? null
            : heaps === 1
              ? limit.says
              : `${limit.says}, for each of ${heaps} heaps`,
        // A Node without a heap is none: this kernel does not say what tells it.
        ...(v8.heap.length === 0 ? { bytes: null } : {}),
      },
    ),
    regionItem(
      NATIVE_ITEM,
      [...ofKinds(v8.rest, 'heap', 'arena', 'anonymous'), ...v8.otherV8],
      'smaps: [heap], arenas of malloc, other anonymous memory',
      { reservedBytes: null },
    ),
    regionItem('V8 code', v8.code, 'smaps: ranges of V8 that hold executable memory'),
    regionItem('WebAssembly memory', v8.webAssembly, 'smaps: ranges of V8 of 8 GiB and more'),
  ]
  return [
    ...items.filter(({ name, bytes }) => name === HEAP_ITEM || bytes !== 0),
    ...commonItems(v8.rest),
  ]
}
