import type { Pool } from '../model/scan-job.ts'
import { workerMemoryLimit } from './settings/index.ts'
import type { SetTexts } from './settings/setting.ts'

/** What a worker of a pool may have, in bytes: the size of its own pool where that is one, else `worker.memory_limit`. */
export function poolBytes({ memory }: Pick<Pool, 'memory'>, set: SetTexts): number {
  const isSize = memory !== null && workerMemoryLimit.check(memory).ok
  return workerMemoryLimit.in(isSize ? new Map([[workerMemoryLimit.key, memory]]) : set)
}
