import type { Recording } from '../../../model/series.ts'
import { NO_EVIDENCE } from '../../../model/sizing.ts'
import type { SizingEvidence } from '../../../model/sizing.ts'
import type { Instant } from '../../../model/time.ts'
import { readSeries } from '../../../parsers/series/index.ts'
import type { CliIo } from '../../context.ts'
import { placeOf, readWhole } from '../simulate/read-text.ts'
import type { SizeFlags } from './flags.ts'

/** What the user says of where it runs. */
type GivenBounds = Pick<SizeFlags, 'limit' | 'host'>

/**
 * What a file tells for a size.
 *
 * @throws StellaError 2 with file:line where it is malformed, 3 where it cannot be read
 */
export async function evidenceOfSeries(
  io: CliIo,
  path: string,
  flags: GivenBounds,
): Promise<SizingEvidence> {
  const recording = readSeries(await readWhole(io, path), placeOf(path))
  return evidenceOfRecording(recording, flags, io.now())
}

/** What a recording alone tells for a size. Its last sample is the present: it may be old. */
export function evidenceOfRecording(
  given: Recording,
  flags: GivenBounds,
  now: Instant,
): SizingEvidence {
  const recording = withLimit(given, flags.limit ?? null)
  const { samples } = recording.group
  return {
    ...NO_EVIDENCE,
    subject: recording.subject,
    recordings: [recording],
    limitBytes: samples.findLast(({ limitBytes }) => limitBytes !== null)?.limitBytes ?? null,
    hostBytes: flags.host ?? null,
    at: samples.at(-1)?.at ?? now,
  }
}

/** The limit that the user names, for samples that tell none. */
export function withLimit(recording: Recording, limitBytes: number | null): Recording {
  if (limitBytes === null) return recording
  const { group } = recording
  const samples = group.samples.map((sample) => ({
    ...sample,
    limitBytes: sample.limitBytes ?? limitBytes,
  }))
  return { ...recording, group: { ...group, samples } }
}
