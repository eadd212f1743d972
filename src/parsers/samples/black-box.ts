import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { BlackBox, MemorySample } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { possibleInstant } from '../instant.ts'
import { amountField, textField } from '../json-fields.ts'
import { jsonObjects } from '../json.ts'
import type { JsonRecord } from '../json.ts'
import { observation } from '../observe.ts'
import { thinned } from './thinned.ts'

/** What a service's own guard (`guard/`) wrote down: a ring of JSON lines, the newest wherever the ring is. */
export const blackBoxFormat: TextFormat = {
  id: 'black-box',
  recognise: (head) => /^\s*\{"stella":"guard\/1"/.test(head),
  parse,
}

interface Look {
  n: number
  at: number
  line: number
  record: JsonRecord
}

/** A ring has some thousand lines; a file with more was put together by somebody. */
const MOST_LOOKS = 100_000

function parse(text: string, origin: Origin): Observation[] {
  const looks: Look[] = []
  for (const { value, line } of jsonObjects(text)) {
    const n = amountField(value, 'n')
    const at = possibleInstant(amountField(value, 'at') ?? Number.NaN)
    if (value['stella'] === 'guard/1' && n !== null && at !== null) {
      looks.push({ n, at, line, record: value })
    }
    if (looks.length >= MOST_LOOKS) break
  }
  looks.sort((one, other) => one.n - other.n)
  const last = looks.at(-1)
  if (last === undefined) return []
  const fact = blackBoxOf(last.record)
  const { line, at } = last
  const samples = thinned(looks.map(sampleOf))
  const excerpt = JSON.stringify(last.record)
  return [
    observation(origin, { source: 'log', at, line, says: says(fact), excerpt, fact }),
    observation(origin, {
      ...{ source: 'log', at, line, excerpt },
      says: `${samples.length} looks of the guard over ${((at - (looks[0]?.at ?? at)) / 1_000).toFixed(1)} s`,
      fact: { kind: 'memory-samples', samples },
    }),
  ]
}

function blackBoxOf(record: JsonRecord): BlackBox {
  const text = (name: string): string | null => textField(record, name) || null
  const number = (name: string): number | null => amountField(record, name)
  return {
    ...{ kind: 'black-box', service: text('service'), host: text('host'), pid: number('pid') },
    ...{ path: text('group'), tier: text('tier'), usageBytes: number('usage') },
    ...{ unreclaimableBytes: number('unreclaimable'), limitBytes: number('limit') },
    ...{ heapBytes: number('heap'), heapLimitBytes: number('heapLimit') },
    ...{ inFlight: number('inFlight'), reservedBytes: number('reserved') },
    ...{ stalledMs: number('stalled'), left: text('end') !== null },
    leftFor: text('end'),
  }
}

function sampleOf({ at, record }: Look): MemorySample {
  return {
    at,
    usageBytes: amountField(record, 'usage'),
    limitBytes: amountField(record, 'limit'),
    ...{ anonBytes: null, fileBytes: null, shmemBytes: null, swapBytes: null },
    ...{ limitHits: null, pageMajorFaults: null },
  }
}

/** By the reason that its last record gives. */
const LEFT: ReadonlyMap<string, string> = new Map([
  ['memory', 'left by itself before its limit was reached'],
  ['shedding', 'left by itself, for it had refused all work for too long'],
  ['asked', 'left by itself, as it was asked to'],
  ['stopped', 'was stopped'],
])

/** An event loop is late by some milliseconds all the time. */
const STALLED_MS = 100

function says(fact: BlackBox): string {
  const { service, pid, tier, unreclaimableBytes: held, limitBytes: limit } = fact
  const who = `The guard ${service === null ? '' : `of ${service} `}(PID ${pid ?? 'unknown'})`
  const memory =
    held === null || limit === null
      ? 'unknown memory'
      : `${formatBytes(held)} of ${formatBytes(limit)} that cannot be reclaimed`
  const asked = fact.inFlight === null ? '' : `, ${fact.inFlight} requests in flight`
  const heap = fact.heapBytes === null ? '' : `, a V8 heap of ${formatBytes(fact.heapBytes)}`
  const stalled =
    (fact.stalledMs ?? 0) < STALLED_MS
      ? ''
      : `; its event loop had stood still for ${fact.stalledMs} ms`
  const last = fact.left
    ? `${LEFT.get(fact.leftFor ?? '') ?? 'left by itself'}; it last saw`
    : 'last saw'
  return `${who} ${last} ${memory}, in the tier ${tier ?? 'unknown'}${asked}${heap}${stalled}`
}
