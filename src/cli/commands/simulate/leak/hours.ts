import { counted } from '../../../../model/counted.ts'
const STEPS = [
  ['day', 24],
  ['hour', 1],
  ['minute', 1 / 60],
  ['second', 1 / 3_600],
] as const

/**
 * A span of time for people, in its two largest units, rounded.
 *
 * @example hoursInWords(51.2) // "51.2 hours (2 days 3 hours)"
 */
export function hoursInWords(hours: number): string {
  if (hours < 1 / 3_600) return 'less than a second'
  const words = largestUnits(hours)
  if (hours < 1) return words
  const figure = hours >= 1_000 ? Math.round(hours) : Math.round(hours * 100) / 100
  return figure < 24 && Number.isInteger(figure) ? words : `${counted(figure, 'hour')} (${words})`
}

function largestUnits(hours: number): string {
  // What is rounded up to a whole unit is one: 59.6 seconds are a minute.
  const at = STEPS.findIndex(([, length], index) => {
    const step = STEPS[index + 1]?.[1] ?? length
    return Math.round(hours / step) >= Math.round(length / step)
  })
  const [unit, length] = STEPS[at] ?? STEPS[3]
  const [smaller, step] = STEPS[at + 1] ?? [null, length]
  const steps = Math.round(hours / step)
  const perUnit = Math.round(length / step)
  const rest = steps % perUnit
  const first = counted(Math.floor(steps / perUnit), unit)
  return smaller === null || rest === 0 ? first : `${first} ${counted(rest, smaller)}`
}
