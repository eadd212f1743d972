import type { World } from '../../model/evidence.ts'
import type { Answer } from '../../model/question.ts'
import { redisInfoFields } from '../../parsers/samples/redis-info.ts'

/** What Redis says of itself that bears on its next snapshot; null is "not known". */
export interface RedisSnapshotFacts {
  /** The process as the server sees it: used_memory_rss. */
  residentBytes: number | null
  /** What the last fork copied: rdb_last_cow_size. */
  lastCopiedBytes: number | null
  /** How long the last one took. */
  lastSeconds: number | null
  /** Commands of all kinds. */
  commandsPerSecond: number | null
}

/** From a live answer to INFO, or from a recorded one. */
export function redisSnapshotFacts(
  world: World,
  answers: readonly Answer[],
): RedisSnapshotFacts | null {
  for (const answer of answers) {
    if (!answer.ok || answer.id !== 'info') continue
    const fields = redisInfoFields(answer.text)
    if (fields.has('used_memory')) return factsFrom((name) => numberIn(fields.get(name)))
  }
  for (const { fact } of world.observations.toReversed()) {
    if (fact.kind !== 'runtime-memory' || fact.runtime !== 'redis') continue
    return factsFrom((name) => fact.areas.get(name) ?? null)
  }
  return null
}

function factsFrom(number: (field: string) => number | null): RedisSnapshotFacts {
  const lastSeconds = number('rdb_last_bgsave_time_sec')
  const lastCopied = number('rdb_last_cow_size')
  return {
    residentBytes: number('used_memory_rss') ?? number('used_memory'),
    // 0 stands for "none since the start" as well.
    lastCopiedBytes: lastCopied === 0 ? null : lastCopied,
    lastSeconds,
    commandsPerSecond: number('instantaneous_ops_per_sec'),
  }
}

/** -1 stands for "none yet". */
function numberIn(text: string | undefined): number | null {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : null
}
