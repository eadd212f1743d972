import { HEAP_ITEM } from '../../bill/runtimes/node/items.ts'
import { cappedSum } from './model.ts'
import type { ModelOf } from './model.ts'

/** The heap of V8 ends at its limit; buffers do not, and count as what no setting bounds. */
export const node: ModelOf = {
  runtime: 'node',
  model: (view) => cappedSum(view, [HEAP_ITEM]),
}
