import type { Sample } from '../../model/series.ts'
import type { ProcessKey, RecordingLine } from '../../parsers/series/recording-line.ts'
import { levelOf } from '../../parsers/series/thinner.ts'
import type { Instant } from '../../model/time.ts'

/** What was sampled at one moment. */
export interface Moment {
  group: Sample
  processes: readonly FollowedSample[]
}

export interface FollowedSample {
  process: ProcessKey
  sample: Sample
}

/**
 * Gathers the samples of a stretch of time and keeps three: the lowest, the highest and the last, as they were measured and
 * at their own times. So neither the floor nor a peak is made up or lost, and counters end where they ended.
 */
export interface StretchKeeper {
  /** Lines of the stretch before, where this moment begins another one. */
  add(moment: Moment): RecordingLine[]
  /** Lines of the stretch that is open. */
  flush(): RecordingLine[]
}

interface Kept {
  lowest: Sample
  highest: Sample
  last: Sample
}

export function createStretchKeeper(stretchMs: number, mostProcesses: number): StretchKeeper {
  let stretch: number | null = null
  let group: Kept | null = null
  let processes = new Map<string, { process: ProcessKey; kept: Kept }>()

  function add(moment: Moment): RecordingLine[] {
    const now = stretchOf(moment.group.at, stretchMs)
    const lines = now === stretch ? [] : flush()
    stretch = now
    group = keep(group, moment.group)
    for (const { process, sample } of moment.processes) {
      const id = `${process.pid} ${process.startedAt}`
      const kept = keep(processes.get(id)?.kept ?? null, sample)
      processes.set(id, { process, kept })
    }
    return lines
  }

  function flush(): RecordingLine[] {
    if (group === null) return []
    const lines = inOrder(group).map((sample): RecordingLine => ({ kind: 'group', sample }))
    const largest = [...processes.values()]
      .toSorted((a, b) => levelOf(b.kept.highest) - levelOf(a.kept.highest))
      .slice(0, mostProcesses)
    for (const { process, kept } of largest) {
      for (const sample of inOrder(kept)) lines.push({ kind: 'process', process, sample })
    }
    group = null
    processes = new Map()
    stretch = null
    return lines
  }

  return { add, flush }
}

function stretchOf(at: Instant, stretchMs: number): number {
  return Math.floor(at / stretchMs)
}

function keep(kept: Kept | null, sample: Sample): Kept {
  if (kept === null) return { lowest: sample, highest: sample, last: sample }
  return {
    lowest: levelOf(sample) < levelOf(kept.lowest) ? sample : kept.lowest,
    highest: levelOf(sample) > levelOf(kept.highest) ? sample : kept.highest,
    last: sample,
  }
}

function inOrder({ lowest, highest, last }: Kept): Sample[] {
  return [...new Set([lowest, highest, last])].toSorted((a, b) => a.at - b.at)
}
