import { limitOrNull } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerStats } from '../../model/facts.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin, TextFormat } from '../format.ts'
import { instantOf } from '../instant.ts'
import { amountField, textField } from '../json-fields.ts'
import { jsonObjects, numbersAt, recordAt } from '../json.ts'
import type { JsonRecord } from '../json.ts'
import { keepNewest } from '../observe.ts'
import { usageAndLimit } from './printed-size.ts'
import { statsObservation } from './stats.ts'

/** `GET /containers/{id}/stats`, `docker stats --format '{{json .}}'` and `podman stats --format json`. */
export const statsJsonFormat: TextFormat = {
  id: 'container-stats-json',
  recognise: (head) =>
    /^\s*[[{]/.test(head) && /"(?:memory_stats"\s*:\s*\{|MemUsage"\s*:|mem_usage"\s*:)/.test(head),
  parse,
}

interface Sample {
  engine: 'docker' | 'podman'
  at: Instant | null
  stats: ContainerStats
}

function parse(text: string, origin: Origin): Observation[] {
  const found: Observation[] = []
  for (const { value, line } of jsonObjects(text)) {
    const sample = apiSample(value) ?? printedSample(value)
    if (sample === null) continue
    const place = { at: sample.at, line, excerpt: excerpt(value) }
    const seen = statsObservation(origin, sample.engine, sample.stats, place)
    if (seen !== null) keepNewest(found, seen)
  }
  return found
}

function apiSample(value: JsonRecord): Sample | null {
  const memory = recordAt(value, 'memory_stats')
  if (memory === null) return null
  const stats: ContainerStats = {
    kind: 'container-stats',
    id: textField(value, 'id'),
    name: textField(value, 'name')?.replace(/^\//, '') ?? null,
    usageBytes: amountField(memory, 'usage'),
    limitBytes: limitOrNull(amountField(memory, 'limit')),
    maxUsageBytes: amountField(memory, 'max_usage'),
    failcnt: amountField(memory, 'failcnt'),
    stat: numbersAt(memory, 'stats'),
  }
  return { engine: 'docker', at: instantOf(textField(value, 'read')), stats }
}

function printedSample(value: JsonRecord): Sample | null {
  const docker = textField(value, 'MemUsage')
  const printed = docker ?? textField(value, 'mem_usage')
  if (printed === null) return null
  const stats: ContainerStats = {
    kind: 'container-stats',
    id: textField(value, 'ID') ?? textField(value, 'id'),
    name: textField(value, 'Name') ?? textField(value, 'name'),
    ...usageAndLimit(printed),
    maxUsageBytes: null,
    failcnt: null,
    stat: new Map(),
  }
  return { engine: docker === null ? 'podman' : 'docker', at: null, stats }
}

function excerpt(value: JsonRecord): string {
  const memory = recordAt(value, 'memory_stats')
  if (memory === null) return JSON.stringify(value)
  return JSON.stringify({
    read: value['read'],
    id: value['id'],
    name: value['name'],
    memory_stats: memory,
  })
}
