import { cappedSum } from './model.ts'
import type { ModelOf } from './model.ts'

/** Stacks are reserved and hardly ever touched to their end, so they count as they are. */
const BOUNDED = ['heap', 'direct buffers', 'code cache', 'metaspace']

/** Without a heap that is known to have an end, nothing else matters. */
export const java: ModelOf = {
  runtime: 'java',
  model: (view) =>
    view.items.some(({ name, capBytes }) => name === 'heap' && capBytes !== null)
      ? cappedSum(view, BOUNDED)
      : null,
}
