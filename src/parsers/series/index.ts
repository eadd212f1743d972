import { usageError } from '../../model/errors.ts'
import type { Recording } from '../../model/series.ts'
import { MAX_TEXT_BYTES } from '../format.ts'
import { csvFormat } from './csv.ts'
import { statsPrintedFormat, statsStreamFormat } from './docker-stats.ts'
import { groupLinesFormat } from './group-lines.ts'
import { prometheusFormat } from './prometheus.ts'
import { recordingFormat } from './recording.ts'
import type { SeriesFormat } from './series-format.ts'

const HEAD_CHARS = 64 * 1024

/** The more particular first. */
const FORMATS: readonly SeriesFormat[] = [
  recordingFormat,
  groupLinesFormat,
  prometheusFormat,
  statsStreamFormat,
  statsPrintedFormat,
  csvFormat,
]

/**
 * Reads memory over time, whatever wrote it: CSV, a range answer of Prometheus, `docker stats`, samples of memory groups, our
 * own recordings. Says under `unknown` what it had to leave out.
 *
 * @param from the file's name, as it shall stand in error texts
 * @throws StellaError (usage) with file:line where it is none of these, or malformed
 */
export function readSeries(text: string, from: string): Recording {
  if (text.length > MAX_TEXT_BYTES) {
    throw usageError('the file is larger than 64 MiB', from, 'ask for fewer moments, or cut it')
  }
  const head = text.slice(0, HEAD_CHARS)
  const format = FORMATS.find((candidate) => candidate.recognise(head))
  if (format !== undefined) return format.read(text, from)
  throw usageError(
    text.trim() === '' ? 'the file is empty' : 'it is no series of memory that is known',
    from,
    "give CSV with the header 'time,bytes', a range answer of Prometheus, docker stats or a recording",
  )
}
