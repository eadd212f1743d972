import { usageError } from '../../model/errors.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Recording, Sample } from '../../model/series.ts'
import type { Subject } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { usageAndLimit } from '../docker/printed-size.ts'
import { instantOf, possibleInstant } from '../instant.ts'
import { numberField, textField } from '../json-fields.ts'
import { integerAt, jsonObjects, numbersAt, recordAt } from '../json.ts'
import type { JsonRecord } from '../json.ts'
import { detached, linesOf } from '../lines.ts'
import { groupSample } from './group-sample.ts'
import { onlyOne } from './one-subject.ts'
import { createSeriesBuilder } from './series-builder.ts'
import type { SeriesFormat } from './series-format.ts'
import { shown } from './shown.ts'

const ONE = 'name one container, as in docker stats NAME'
const MACHINE =
  'docker stats shows the memory of the machine where a container has no limit: its limit may be none'

/** The stream of `GET /containers/{id}/stats`: one object each second, with its own time. */
export const statsStreamFormat: SeriesFormat = {
  recognise: (head) => /^\s*\{/.test(head) && /"memory_stats"\s*:/.test(head),
  read(text, from) {
    const found = collect()
    const builder = createSeriesBuilder(from)
    for (const { value, line } of jsonObjects(text)) {
      const memory = recordAt(value, 'memory_stats')
      const at = instantOf(textField(value, 'read'))
      if (memory === null) continue
      const sample = at === null ? null : apiSample(at, value, memory)
      if (sample === null) {
        builder.leftOut('the container did not run', line)
        continue
      }
      found.take(textField(value, 'name'), textField(value, 'id'))
      builder.add({ sample, life: null, line })
    }
    onlyOne(found.names, from, ONE)
    return recordingOf(found.subject(), builder.finish(), [MACHINE])
  },
}

function apiSample(at: Instant, value: JsonRecord, memory: JsonRecord): Sample | null {
  const usageBytes = numberField(memory, 'usage')
  if (usageBytes === null) return null
  const stat = numbersAt(memory, 'stats')
  // Of v2 the engine hands on memory.stat as it stands, whose first line is anon.
  const version = stat.has('anon') ? 2 : 1
  return groupSample(at, {
    version,
    usageBytes,
    limitBytes: numberField(memory, 'limit'),
    peakBytes: numberField(memory, 'max_usage'),
    limitHits: numberField(memory, 'failcnt'),
    oomKills: null,
    swapBytes: null,
    tcpBytes: null,
    processes: numberField(recordAt(value, 'pids_stats'), 'current'),
    stat,
  })
}

const HEADER = /^(?:CONTAINER ID|CONTAINER)\s{2}.*MEM USAGE \/ LIMIT/m
const TIMES =
  'write one before each sample: while :; do date -u +%FT%TZ; docker stats --no-stream NAME; sleep 10; done'

/** What `docker stats` prints, as a table or with --format json, with a line that tells the time before each sample. */
export const statsPrintedFormat: SeriesFormat = {
  recognise: (head) => HEADER.test(plain(head)) || /"MemUsage"\s*:/.test(head),
  read(text, from) {
    const found = collect()
    const builder = createSeriesBuilder(from)
    let at: Instant | null = null
    let columns: readonly string[] = []
    for (const { number, text: slice } of linesOf(text)) {
      const { time, rest } = timeBefore(plain(slice).trim())
      at = time ?? at
      if (HEADER.test(rest)) {
        columns = cells(rest)
        continue
      }
      const printed = rest.startsWith('{') ? fromJson(rest) : fromTable(columns, rest)
      if (printed === null) continue
      if (at === null) throw usageError('docker stats writes no times', `${from}:${number}`, TIMES)
      found.take(printed.name, printed.id)
      const { usageBytes, limitBytes } = usageAndLimit(printed.memory)
      if (usageBytes === null) {
        builder.leftOut('the container did not run', number)
        continue
      }
      // The command takes the inactive page cache off before it prints (calculateMemUsageUnixNoCache in docker/cli).
      const processes = printed.processes
      const sample = { at, ...NO_SAMPLE, workingSetBytes: usageBytes, limitBytes, processes }
      builder.add({ sample, life: printed.id, line: number })
    }
    onlyOne(found.names, from, ONE)
    const notes = [MACHINE, 'docker stats prints four digits: what is smaller is not known']
    return recordingOf(found.subject(), builder.finish(), notes)
  },
}

interface Printed {
  name: string | null
  id: string | null
  memory: string
  processes: number | null
}

function fromJson(line: string): Printed | null {
  for (const { value } of jsonObjects(line)) {
    const memory = textField(value, 'MemUsage')
    if (memory === null) continue
    return {
      name: textField(value, 'Name') ?? textField(value, 'Container'),
      id: textField(value, 'ID'),
      memory,
      processes: integerAt(value, 'PIDs'),
    }
  }
  return null
}

function fromTable(columns: readonly string[], line: string): Printed | null {
  const row = new Map(cells(line).map((cell, index) => [columns[index] ?? '', detached(cell)]))
  const memory = row.get('MEM USAGE / LIMIT')
  if (memory === undefined || row.size !== columns.length) return null
  return {
    name: row.get('NAME') ?? row.get('CONTAINER') ?? null,
    id: row.get('CONTAINER ID') ?? null,
    memory,
    processes: integerAt(Object.fromEntries(row), 'PIDS'),
  }
}

function cells(line: string): string[] {
  return line.trim().split(/\s{2,}/)
}

/** RFC 3339, Unix seconds, or what `date` prints for UTC: alone on a line, or before a sample on the same one. */
function timeBefore(line: string): { time: Instant | null; rest: string } {
  const blank = line.search(/\s|$/)
  const word = line.slice(0, blank)
  const time =
    instantOf(word) ??
    (/^\d{9,11}(?:\.\d+)?$/.test(word) ? possibleInstant(Number(word) * 1000) : null)
  if (time !== null) return { time, rest: line.slice(blank).trim() }
  const dated = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:UTC|GMT) \d{4}$/.test(line)
  return { time: dated ? possibleInstant(Date.parse(line)) : null, rest: line }
}

/** Without the escape sequences that clear a terminal between two samples. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
  return text.replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, '')
}

interface Found {
  names: readonly string[]
  take(name: string | null, id: string | null): void
  subject(): Subject
}

function collect(): Found {
  const names: string[] = []
  let first: Subject | null = null
  return {
    names,
    take(given, id) {
      const name = given === null ? null : shown(given.replace(/^\//, ''))
      const key = name ?? id
      if (key !== null && !names.includes(key) && names.length < MAX_NAMES) names.push(key)
      first ??= { platform: 'docker', name, id: id === null ? null : shown(id), image: null }
    },
    subject: () => first ?? { platform: 'docker', name: null, id: null, image: null },
  }
}

const MAX_NAMES = 1_000

function recordingOf(
  subject: Subject,
  built: ReturnType<ReturnType<typeof createSeriesBuilder>['finish']>,
  notes: readonly string[],
): Recording {
  return {
    subject,
    source: 'docker stats',
    group: { subject: 'group', name: subject.name, process: null, ...built.series },
    processes: [],
    regions: [],
    unknown: [...notes, ...built.unknown],
  }
}
