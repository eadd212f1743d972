/** What is told of the memory of attempts, as lines: the phases of each, with their peaks and their course. */
import { formatBytes } from '../../../model/bytes.ts'
import type { Attempt } from '../../../model/scan-job.ts'
import type { NumberedMemory } from '../../../model/scan-profile.ts'
import { curve } from '../../render/curve.ts'
import type { Paint } from '../../render/paint.ts'
import { textTable } from '../../../report/table.ts'
import { bytes } from './jobs-text.ts'

/** @param memory of the attempts; courses are drawn as shares of the limit, or of the highest peak where there is none */
export function memoryLines(
  attempts: readonly Attempt[],
  memory: readonly NumberedMemory[],
  paint: Paint,
): string[] {
  if (memory.length === 0) return []
  const highest = Math.max(1, ...memory.map(({ peakBytes }) => peakBytes ?? 0))
  return memory.flatMap((each) => {
    const limit = attempts.find(({ number }) => number === each.attempt)?.limitBytes ?? null
    const rows = each.phases.map(({ phase, durationMs, peakBytes }) => {
      const own = each.samples.filter((sample) => sample.phase === phase)
      const shares = own.map(({ usageBytes }) => usageBytes / (limit ?? highest))
      return [phase, `${(durationMs / 1_000).toFixed(1)} s`, bytes(peakBytes), curve(shares)]
    })
    const of = limit === null ? '' : ` of ${formatBytes(limit)}`
    return [
      '',
      `${paint.bold(`Memory of attempt ${each.attempt}`)}: ${bytes(each.peakBytes)}${of} at most${whereItEnded(each)}`,
      ...textTable(['Phase', 'Time', 'Peak', 'Course'], rows, [1, 2]).map((line) =>
        `  ${line}`.trimEnd(),
      ),
    ]
  })
}

/** Empty: not within the layers, of which some may be too large. */
function whereItEnded({ phases, layersRead }: NumberedMemory): string {
  if (layersRead === null || phases.at(-1)?.phase !== 'read layers') return ''
  const { done, of } = layersRead
  return `; it ended with ${done}${of === null ? '' : ` of ${of}`} layers known`
}
