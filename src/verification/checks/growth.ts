import type { Check } from '../check.ts'

/** A day: a limit that is reached sooner than that is reached before anybody looks again. */
const SOON_SECONDS = 86_400

/** A window is short: it shows a steep leak, and no slow one. */
export const growth: Check = {
  name: 'no steady growth',
  needed: false,
  judge({ growth: found, isMachine }) {
    if (isMachine) return null
    const expected = 'no growth that would reach the limit within a day'
    if (found === null || found.kind === 'unknown') {
      const missing = found?.missing.join(', ') ?? ''
      const why = missing === '' ? 'too few samples' : `it takes ${missing}`
      return { ok: null, actual: `not known: ${why}`, expected }
    }
    const isLeak = found.diagnosis === 'leak' || found.diagnosis === 'suspected-leak'
    const low = found.secondsToLimit?.low ?? Number.POSITIVE_INFINITY
    const left = Number.isFinite(low) ? `, the limit is ${hours(low)} away` : ''
    return { ok: !(isLeak && low < SOON_SECONDS), actual: `${found.kind}${left}`, expected }
  },
}

function hours(seconds: number): string {
  return seconds < 3_600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`
}
