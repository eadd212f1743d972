import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { suddenRise } from '../growth.ts'
import type { Incident } from '../incident.ts'

/** Far from the limit in one sample, dead before the next. */
export const burst: CauseRule = { code: 'burst', find }

function find(incident: Incident): CauseFinding | null {
  const rise = suddenRise(incident)
  if (rise === null) return null
  return {
    confidence: 'likely',
    summary: `The last sample before the kill, ${rise.seconds.toFixed(1)} s earlier, shows ${formatBytes(rise.usageBytes)} of ${formatBytes(rise.limitBytes)}: it was one sudden allocation, not slow growth.`,
    because: rise.because,
  }
}
