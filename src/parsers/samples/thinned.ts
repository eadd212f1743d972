import type { MemorySample } from '../../model/facts.ts'

export const MAX_SAMPLES = 4_096

/**
 * At most `most` samples, evenly over the series, with the lowest and the highest of every stretch, and the first and the last of all:
 * a peak must not get lost by thinning. Fewer samples stay as they are.
 */
export function thinned(samples: MemorySample[], most = MAX_SAMPLES): MemorySample[] {
  const first = samples[0]
  const last = samples.at(-1)
  if (samples.length <= most || first === undefined || last === undefined) return samples
  const stretches = Math.floor((most - 2) / 2)
  const inner = samples.length - 2
  const kept: MemorySample[] = [first]
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = 1 + Math.floor((stretch * inner) / stretches)
    const to = 1 + Math.floor(((stretch + 1) * inner) / stretches)
    kept.push(...extremes(samples, from, to))
  }
  kept.push(last)
  return kept
}

/** The lowest and the highest of samples[from, to), in their order. */
function extremes(samples: readonly MemorySample[], from: number, to: number): MemorySample[] {
  let low = from
  let high = from
  for (let at = from; at < to; at++) {
    if (usage(samples[at]) < usage(samples[low])) low = at
    if (usage(samples[at]) > usage(samples[high])) high = at
  }
  const picked = [...new Set([Math.min(low, high), Math.max(low, high)])]
  return picked.flatMap((at) => samples[at] ?? [])
}

function usage(sample: MemorySample | undefined): number {
  return sample?.usageBytes ?? 0
}
