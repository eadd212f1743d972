import { formatBytes, limitOrNull } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { MemorySample, MemorySamples } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { possibleInstant } from '../instant.ts'
import { amountField } from '../json-fields.ts'
import { jsonObjects, recordAt } from '../json.ts'
import type { JsonRecord } from '../json.ts'
import { observation } from '../observe.ts'
import { MAX_SAMPLES, thinned } from './thinned.ts'

/** JSON lines, one sample each: `t` in Unix seconds, and cgroup files by their names, `stat` for memory.stat. */
export const memorySamplesFormat: TextFormat = {
  id: 'memory-samples',
  recognise: (head) =>
    /^\s*\{"t"\s*:\s*\d/.test(head) && /"memory\.(?:usage_in_bytes|current)"\s*:/.test(head),
  parse,
}

function parse(text: string, origin: Origin): Observation[] {
  let samples: MemorySample[] = []
  for (const { value } of jsonObjects(text)) {
    const sample = sampleOf(value)
    if (sample === null) continue
    samples.push(sample)
    if (samples.length >= 4 * MAX_SAMPLES) samples = thinned(samples)
  }
  samples = thinned(samples.toSorted((a, b) => a.at - b.at))
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return []
  const fact: MemorySamples = { kind: 'memory-samples', samples }
  const excerpt = text.slice(0, 400)
  return [
    observation(origin, {
      source: 'cgroup',
      at: last.at,
      says: says(first, last, samples),
      excerpt,
      fact,
    }),
  ]
}

/** @see Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst for the names */
function sampleOf(value: JsonRecord): MemorySample | null {
  const at = possibleInstant((amountField(value, 't') ?? Number.NaN) * 1000)
  const usageBytes =
    amountField(value, 'memory.current') ?? amountField(value, 'memory.usage_in_bytes')
  if (at === null || usageBytes === null) return null
  const stat = recordAt(value, 'stat')
  const version1 = amountField(value, 'memory.usage_in_bytes') !== null
  const of = (v2: string, v1: string): number | null =>
    version1 ? (amountField(stat, `total_${v1}`) ?? amountField(stat, v1)) : amountField(stat, v2)
  return {
    at,
    usageBytes,
    anonBytes: of('anon', 'rss'),
    fileBytes: of('file', 'cache'),
    shmemBytes: of('shmem', 'shmem'),
    swapBytes: version1 ? of('swap', 'swap') : amountField(value, 'memory.swap.current'),
    limitBytes: limitOrNull(
      amountField(value, 'memory.max') ?? amountField(value, 'memory.limit_in_bytes'),
    ),
    limitHits:
      amountField(value, 'memory.failcnt') ?? amountField(recordAt(value, 'memory.events'), 'max'),
    pageMajorFaults: of('pgmajfault', 'pgmajfault'),
  }
}

function says(first: MemorySample, last: MemorySample, samples: readonly MemorySample[]): string {
  const seconds = Math.round((last.at - first.at) / 1000)
  const bytes = (value: number | null): string =>
    value === null ? 'an unknown size' : formatBytes(value)
  const limit = last.limitBytes === null ? '' : `, limit ${formatBytes(last.limitBytes)}`
  return `${samples.length} memory samples over ${seconds} s: from ${bytes(first.usageBytes)} to ${bytes(last.usageBytes)}${limit}`
}
