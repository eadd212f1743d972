import { NO_SAMPLE } from '../../model/series.ts'
import type { RegionSnapshot, Sample, SeriesMark } from '../../model/series.ts'
import { PLATFORMS } from '../../model/subject.ts'
import type { Subject } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { possibleInstant } from '../instant.ts'
import { listField, amountField, numberField, parseRecord, textField } from '../json-fields.ts'
import { recordAt } from '../json.ts'
import type { Figure } from './csv-columns.ts'

/** A process that is followed: PIDs are used again, so its start belongs to it. */
export interface ProcessKey {
  pid: number
  startedAt: Instant
  name: string | null
}

/** One line of our own recordings. */
export type RecordingLine =
  | { kind: 'head'; subject: Subject }
  | { kind: 'group'; sample: Sample }
  | { kind: 'process'; process: ProcessKey; sample: Sample }
  | { kind: 'mark'; mark: SeriesMark }
  | { kind: 'regions'; snapshot: RegionSnapshot }

export const RECORDING_SCHEMA = 'stella.recording/1'

/** Figures by the names they have in a file: those of the model, without what follows from their place. */
const FIGURES: readonly Figure[] = [
  'usageBytes',
  'workingSetBytes',
  'unreclaimableBytes',
  'anonBytes',
  'fileBytes',
  'shmemBytes',
  'kernelBytes',
  'socketBytes',
  'swapBytes',
  'limitBytes',
  'peakBytes',
  'limitHits',
  'oomKills',
  'processes',
  'load',
]
const NAMES: ReadonlyMap<Figure, string> = new Map(
  FIGURES.map((figure) => [figure, figure.replace(/Bytes$/, '')]),
)
const MAX_REGIONS = 1_000

/** One line of JSON, without its line end. */
export function writeRecordingLine(line: RecordingLine): string {
  switch (line.kind) {
    case 'head':
      return JSON.stringify({ schema: RECORDING_SCHEMA, subject: line.subject })
    case 'group':
      return JSON.stringify(written(line.sample))
    case 'process':
      return JSON.stringify({ ...written(line.sample), process: line.process })
    case 'mark':
      return JSON.stringify({ at: line.mark.at, mark: line.mark.kind, says: line.mark.says })
    case 'regions':
      return JSON.stringify(line.snapshot)
  }
}

function written(sample: Sample): Record<string, number> {
  const fields: Record<string, number> = { at: sample.at }
  for (const [figure, name] of NAMES) {
    const value = sample[figure]
    if (value !== null) fields[name] = value
  }
  return fields
}

/** What a line says; null where it is none of ours: torn by a crash, damaged, or of a later version. Never throws. */
export function readRecordingLine(text: string): RecordingLine | null {
  const value = parseRecord(text)
  if (value === null) return null
  if (textField(value, 'schema') === RECORDING_SCHEMA) {
    const subject = subjectOf(value)
    return subject === null ? null : { kind: 'head', subject }
  }
  const at = possibleInstant(numberField(value, 'at') ?? Number.NaN)
  if (at === null) return null
  if (Object.hasOwn(value, 'mark')) return markOf(at, value)
  if (Object.hasOwn(value, 'regions')) return regionsOf(at, value)
  const sample = sampleOf(at, value)
  if (sample === null) return null
  if (!Object.hasOwn(value, 'process')) return { kind: 'group', sample }
  const process = processOf(recordAt(value, 'process'))
  return process === null ? null : { kind: 'process', process, sample }
}

function sampleOf(at: Instant, value: Record<string, unknown>): Sample | null {
  const sample: Sample = { at, ...NO_SAMPLE }
  let known = false
  for (const [figure, name] of NAMES) {
    const number = amountField(value, name)
    if (number === null) continue
    sample[figure] = number
    known = true
  }
  return known ? sample : null
}

function processOf(value: unknown): ProcessKey | null {
  const pid = amountField(value, 'pid')
  const startedAt = possibleInstant(numberField(value, 'startedAt') ?? Number.NaN)
  return pid === null || startedAt === null
    ? null
    : { pid, startedAt, name: textField(value, 'name') }
}

function markOf(at: Instant, value: Record<string, unknown>): RecordingLine | null {
  const kind = value['mark']
  if (kind !== 'start' && kind !== 'kill' && kind !== 'change') return null
  return { kind: 'mark', mark: { at, kind, says: textField(value, 'says') ?? kind } }
}

function regionsOf(at: Instant, value: Record<string, unknown>): RecordingLine | null {
  const process = processOf(value)
  if (process === null) return null
  const regions = listField(value, MAX_REGIONS, 'regions').flatMap((region) => {
    const name = textField(region, 'name')
    if (name === null) return []
    const size = (key: string): number => amountField(region, key) ?? 0
    return [
      {
        name,
        rssBytes: size('rssBytes'),
        anonBytes: size('anonBytes'),
        swapBytes: size('swapBytes'),
        mappings: size('mappings'),
      },
    ]
  })
  const { pid, startedAt } = process
  return { kind: 'regions', snapshot: { at, pid, startedAt, regions } }
}

function subjectOf(value: unknown): Subject | null {
  const platform = PLATFORMS.find((known) => known === textField(value, 'subject', 'platform'))
  if (platform === undefined) return null
  return {
    platform,
    name: textField(value, 'subject', 'name'),
    id: textField(value, 'subject', 'id'),
    image: textField(value, 'subject', 'image'),
  }
}
