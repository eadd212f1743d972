import { formatBytes } from '../../model/bytes.ts'
import type { Sample, SeriesMark } from '../../model/series.ts'

/** A sample, and what tells lives apart. */
export interface LivingSample {
  sample: Sample
  /** Container id, pod UID, start time: another one is another life. Null: the source does not tell. */
  life: string | null
}

/**
 * What happened between two samples of one subject: a kill where the counter of kills rose, a new life where the identity
 * changed or a counter that never falls within a life went back, a change where the limit is another one.
 */
export function marksBetween(before: LivingSample, now: LivingSample): SeriesMark[] {
  const { at } = now.sample
  const marks: SeriesMark[] = []
  const kills = rise(before.sample.oomKills, now.sample.oomKills)
  if (kills !== null && kills > 0) {
    marks.push({ at, kind: 'kill', says: kills === 1 ? 'killed' : `${kills} processes killed` })
  }
  const restart = whyRestarted(before, now)
  if (restart !== null) marks.push({ at, kind: 'start', says: restart })
  const from = before.sample.limitBytes
  const to = now.sample.limitBytes
  if (from !== null && to !== null && from !== to) {
    const says = `the limit went from ${formatBytes(from)} to ${formatBytes(to)}`
    marks.push({ at, kind: 'change', says })
  }
  return marks
}

function whyRestarted(before: LivingSample, now: LivingSample): string | null {
  if (before.life !== null && now.life !== null && before.life !== now.life) return 'restarted'
  const counters: readonly (keyof Sample & ('limitHits' | 'oomKills' | 'peakBytes'))[] = [
    'limitHits',
    'oomKills',
    'peakBytes',
  ]
  for (const name of counters) {
    const change = rise(before.sample[name], now.sample[name])
    if (change !== null && change < 0) return `restarted: ${WORDS[name]} went back`
  }
  return null
}

const WORDS = {
  limitHits: 'the count of limit hits',
  oomKills: 'the count of kills',
  peakBytes: 'the high-water mark',
} as const

function rise(before: number | null, now: number | null): number | null {
  return before === null || now === null ? null : now - before
}
