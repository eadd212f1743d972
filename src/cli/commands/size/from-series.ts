import type { Recording } from '../../../model/series.ts'
import type { SizingEvidence } from '../../../model/sizing.ts'
import { readSeries } from '../../../parsers/series/index.ts'
import type { CliIo } from '../../context.ts'
import { placeOf, readWhole } from '../simulate/read-text.ts'
import type { SizeFlags } from './run.ts'

/**
 * What a file tells for a size. Its last sample is the present: a file may be old.
 *
 * @throws StellaError 2 with file:line where it is malformed, 3 where it cannot be read
 */
export async function evidenceOfSeries(
  io: CliIo,
  path: string,
  flags: Pick<SizeFlags, 'limit' | 'host'>,
): Promise<SizingEvidence> {
  const recording = withLimit(
    readSeries(await readWhole(io, path), placeOf(path)),
    flags.limit ?? null,
  )
  const { samples } = recording.group
  const last = samples.at(-1)
  return {
    subject: recording.subject,
    recordings: [recording],
    peakBytes: null,
    startedAt: null,
    processPeakBytes: null,
    unreclaimableBytes: null,
    kills: [],
    changedAt: null,
    limitBytes: samples.findLast(({ limitBytes }) => limitBytes !== null)?.limitBytes ?? null,
    requestBytes: null,
    hostBytes: flags.host ?? null,
    aboveBytes: null,
    runtimes: [],
    model: null,
    unknown: [],
    at: last?.at ?? io.now(),
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
