import { NO_SAMPLE } from '../../src/model/series.ts'
import type { Recording, Sample, SeriesMark } from '../../src/model/series.ts'
import { NO_EVIDENCE } from '../../src/model/sizing.ts'
import type { KilledLife, SizingEvidence } from '../../src/model/sizing.ts'
import type { Seen } from './tools.ts'
import type { Workload } from './workloads.ts'

/** Both kinds of tools sample once a minute; the kernel's high-water mark sees what lies between. */
const SAMPLE_SECONDS = 60
/** How long it takes to start again after a kill. */
const RESTART_STEPS = 60

/** What is known after the first half of a made-up workload, ran under its limit. */
export function firstHalf(
  workload: Workload,
  at: number,
): { seen: Seen; evidence: SizingEvidence } {
  const { needBytes, activeCacheBytes, stepSeconds, limitBytes } = workload
  const half = Math.floor(needBytes.length / 2)
  const timeOf = (step: number): number => at - (half - 1 - step) * stepSeconds * 1_000
  const samples: Sample[] = []
  const marks: SeriesMark[] = []
  const kills: KilledLife[] = []
  let peakBytes = 0
  let idleUntil = -1
  const every = Math.max(1, Math.round(SAMPLE_SECONDS / stepSeconds))
  for (let step = 0; step < half; step++) {
    const wanted = needBytes[step] ?? 0
    const cache = Math.min(activeCacheBytes[step] ?? 0, Math.max(0, limitBytes - wanted))
    if (step > idleUntil && wanted > limitBytes) {
      kills.push({ at: timeOf(step), limitBytes, uptimeSeconds: null })
      marks.push({ at: timeOf(step), kind: 'kill', says: 'killed' })
      idleUntil = step + RESTART_STEPS
      peakBytes = 0
    }
    // What starts again has its base, and the load that killed it is gone.
    const need = step <= idleUntil ? Math.min(wanted, limitBytes / 2) : wanted
    peakBytes = Math.max(peakBytes, need + cache)
    if (step % every === 0) {
      samples.push({
        ...NO_SAMPLE,
        at: timeOf(step),
        usageBytes: need + cache,
        workingSetBytes: need + cache,
        unreclaimableBytes: need,
        limitBytes,
        peakBytes,
      })
    }
  }
  return known(recordingOf(samples, marks), kills, at)
}

/** What is known after the first half of a recorded workload. */
export function known(
  recording: Recording,
  kills: readonly KilledLife[],
  at: number,
): { seen: Seen; evidence: SizingEvidence } {
  const { samples } = recording.group
  const points = samples.flatMap((sample) =>
    sample.workingSetBytes === null
      ? []
      : [{ at: sample.at, workingSetBytes: sample.workingSetBytes }],
  )
  return {
    seen: { from: samples[0]?.at ?? at, to: at, points, kills },
    evidence: {
      ...NO_EVIDENCE,
      recordings: [recording],
      kills,
      limitBytes: samples.at(-1)?.limitBytes ?? null,
      at,
    },
  }
}

function recordingOf(samples: readonly Sample[], marks: readonly SeriesMark[]): Recording {
  return {
    subject: null,
    source: 'made up',
    group: { subject: 'group', name: null, process: null, samples, marks },
    processes: [],
    regions: [],
    unknown: [],
  }
}
