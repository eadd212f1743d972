import type { Component, Diagnosis } from '../../../model/growth.ts'
import { DAY_SECONDS } from '../../policy.ts'
import { growingPart } from '../component.ts'
import { isEven } from '../evenness.ts'
import { sayBytes, sayRate, sayTime } from '../says.ts'
import { significantRise } from '../significance.ts'
import type { Answer, View } from '../view.ts'

/** In standard errors of the steps between parts of the life: an even rise, not one that wanders. */
const EVEN_DRIFT = 4
/** The rise is this many times the noise. */
const EVEN_NOISES = 10
/** What never fell by more in a day and a night does not go with the day. */
const NO_SETBACK = 0.1

/** What grows says what it is, unless it is the program's own memory. */
const BY_PART: Partial<Record<Component, Diagnosis>> = {
  shmem: 'tmpfs',
  kernel: 'kernel-memory',
  sockets: 'sockets',
  file: 'page-cache',
}

/** One life that grew steadily. Evidence that leaves room for chance does not make it a leak. */
export function steadyLeak(view: View): Answer | null {
  const { judged, trend, limitBytes, horizonSeconds } = view
  if (!significantRise(view, trend)) return null
  const left = limitBytes === null ? 0 : limitBytes - trend.levelBytes
  if (left / trend.slope.high > horizonSeconds) return null
  const part = growingPart(view)
  const lasted = judged.times.at(-1) ?? 0
  const steady = isEven(trend) || (lasted >= DAY_SECONDS && trend.setback < NO_SETBACK)
  const even =
    steady && trend.drift >= EVEN_DRIFT && trend.riseBytes >= EVEN_NOISES * trend.noiseBytes
  const because = [
    `what is left after each tidying up rose by ${sayBytes(trend.riseBytes)} in ${sayTime(trend.seconds)}, ${sayRate(trend.slope.perSecond)}`,
    ...(part === null ? [] : [`most of it is ${NAMES[part]}`]),
  ]
  if (part === 'file')
    return {
      kind: 'cache',
      diagnosis: 'page-cache',
      confidence: 0.7,
      component: part,

      because,
    }
  const diagnosis = (part === null ? null : BY_PART[part]) ?? 'suspected-leak'
  return {
    kind: even ? 'leak' : 'unknown',
    diagnosis,
    confidence: even ? 0.7 : 0.4,
    component: part,
    because,
    missing:
      diagnosis === 'suspected-leak'
        ? [
            'a second life that grows alike, which would prove it',
            ...(even
              ? []
              : ['a longer recording: so far it may be chance, or the course of a day']),
          ]
        : [],
  }
}

const NAMES: Readonly<Record<Component, string>> = {
  anonymous: "the programs' own memory",
  file: 'page cache',
  shmem: 'tmpfs or shared memory',
  kernel: 'memory of the kernel, such as entries of directories it has seen',
  sockets: 'data that waits in sockets',
  processes: 'processes',
  swap: 'swap',
}
