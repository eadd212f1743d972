import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { steadyRise } from '../growth.ts'
import type { Incident } from '../incident.ts'

/** Memory rose steadily to the end. One life shows growth, not yet a leak: that word needs a second life. */
export const leak: CauseRule = { code: 'leak', find }

function find(incident: Incident): CauseFinding | null {
  const rise = steadyRise(incident)
  if (rise === null) return null
  const perHour = formatBytes(rise.bytesPerSecond * 3_600)
  return {
    confidence: incident.killsInAll >= 2 ? 'likely' : 'possible',
    summary: `It grew steadily for ${Math.round(rise.seconds)} s by ${formatBytes(rise.bytesPerSecond)} a second (${perHour} an hour) up to its end: a leak, or a working set still filling.`,
    because: rise.because,
  }
}
