import { writeFileSync } from 'node:fs'
import type { MemoryProfile } from '../../../app/scan/memory-profile.ts'
import { formatBytes } from '../../../model/bytes.ts'
import { unreachableError } from '../../../model/errors.ts'
import { printable } from '../../../report/printable.ts'
import { errorCode } from '../../../model/error-code.ts'
import type { CliIo } from '../../context.ts'
import { curve } from '../../render/curve.ts'
import { textTable } from '../../../report/table.ts'

/**
 * Writes the profile to a file, and shows it on standard error: the document may go to the other.
 *
 * @throws StellaError 3 where the file cannot be written
 */
export function keepProfile(
  io: CliIo,
  { output, quiet }: { output?: string; quiet?: boolean },
  profile: MemoryProfile,
): void {
  const path =
    output === undefined || output === '-' ? 'stella-memory.json' : `${output}.memory.json`
  try {
    writeFileSync(path, `${JSON.stringify(profile, null, 2)}\n`)
  } catch (error) {
    throw unreachableError(
      `the profile could not be written (${errorCode(error)})`,
      path,
      'name a document in another folder with --output FILE',
      { cause: error },
    )
  }
  showProfile(io, { quiet }, profile)
  if (quiet !== true) io.err(`stella: the profile was written to ${printable(path)}\n`)
}

/** On standard error: the document may go to the other. */
export function showProfile(
  io: CliIo,
  { quiet }: { quiet?: boolean | undefined },
  profile: MemoryProfile,
): void {
  if (quiet === true) return
  for (const line of profileLines(profile)) io.err(`${line}\n`)
}

/** Each phase with its peak, and the course of its memory as a share of the highest. */
function profileLines({ phases, samples, peakRssBytes }: MemoryProfile): string[] {
  const rows = phases.map(({ phase, durationMs, peakRssBytes: peak }) => {
    const own = samples.filter((sample) => sample.phase === phase)
    return [
      phase,
      `${(durationMs / 1_000).toFixed(1)} s`,
      formatBytes(peak),
      curve(own.map(({ rssBytes }) => rssBytes / peakRssBytes)),
    ]
  })
  return [
    `The highest memory was ${formatBytes(peakRssBytes)}.`,
    ...textTable(['Phase', 'Time', 'Peak', 'Course'], rows, [1, 2]),
  ]
}
