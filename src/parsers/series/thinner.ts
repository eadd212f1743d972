import type { Sample } from '../../model/series.ts'

/** Keeps a bounded number of samples of a series of any length. */
export interface Thinner {
  push(sample: Sample): void
  /** Oldest first. */
  samples(): Sample[]
  /** How many were pushed and are not kept. */
  dropped(): number
}

interface Stretch {
  pushed: number
  lowest: Sample
  highest: Sample
}

/**
 * Up to `most` samples are all kept. Beyond that the series is cut into stretches of equally many samples, and each keeps
 * its lowest and its highest one: both the floor, by which a leak is judged, and the peaks survive, as real samples at their
 * real times. The first and the last of all are kept, too.
 */
export function createThinner(most: number): Thinner {
  let stretches: Stretch[] = []
  let perStretch = 1
  let pushed = 0
  let first: Sample | null = null
  let last: Sample | null = null

  function push(sample: Sample): void {
    first ??= sample
    last = sample
    pushed++
    const open = stretches.at(-1)
    if (open !== undefined && open.pushed < perStretch) {
      stretches[stretches.length - 1] = joined(open, { pushed: 1, lowest: sample, highest: sample })
      return
    }
    stretches.push({ pushed: 1, lowest: sample, highest: sample })
    if (heldAtMost() > most) halve()
  }

  /** One sample for each stretch of one, two for each longer one, and the two ends. */
  function heldAtMost(): number {
    return perStretch === 1 ? stretches.length : stretches.length * 2 + 2
  }

  function halve(): void {
    while (heldAtMost() > most && stretches.length > 1) {
      const halved: Stretch[] = []
      for (let at = 0; at < stretches.length; at += 2) {
        const [one, other] = stretches.slice(at, at + 2)
        if (one !== undefined) halved.push(other === undefined ? one : joined(one, other))
      }
      stretches = halved
      perStretch *= 2
    }
  }

  function samples(): Sample[] {
    const kept = new Set<Sample>()
    if (first !== null) kept.add(first)
    for (const { lowest, highest } of stretches) {
      kept.add(lowest.at < highest.at ? lowest : highest)
      kept.add(lowest.at < highest.at ? highest : lowest)
    }
    if (last !== null) kept.add(last)
    return [...kept].toSorted((a, b) => a.at - b.at)
  }

  return { push, samples, dropped: () => pushed - samples().length }
}

function joined(one: Stretch, other: Stretch): Stretch {
  return {
    pushed: one.pushed + other.pushed,
    lowest: levelOf(other.lowest) < levelOf(one.lowest) ? other.lowest : one.lowest,
    highest: levelOf(other.highest) > levelOf(one.highest) ? other.highest : one.highest,
  }
}

/** What decides which of two samples is higher: what says most about need, of what the source tells. */
export function levelOf(sample: Sample): number {
  return (
    sample.unreclaimableBytes ??
    sample.anonBytes ??
    sample.workingSetBytes ??
    sample.usageBytes ??
    0
  )
}
