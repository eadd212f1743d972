import { formatBytes } from '../../model/bytes.ts'

const UNITS = [
  { seconds: 86_400, name: 'day' },
  { seconds: 3_600, name: 'hour' },
  { seconds: 60, name: 'minute' },
] as const

/** `3 h`, `40 min`, `2.5 days`: for people. */
export function sayTime(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${short(seconds / 86_400)} days`
  if (seconds >= 2 * 3_600) return `${short(seconds / 3_600)} h`
  if (seconds >= 120) return `${short(seconds / 60)} min`
  return `${short(seconds)} s`
}

/** `10 MiB an hour`: in the longest unit that leaves a number people can grasp. */
export function sayRate(bytesPerSecond: number): string {
  const unit = UNITS.findLast(({ seconds }) => Math.abs(bytesPerSecond) * seconds >= 1024 ** 2)
  const { seconds, name } = unit ?? UNITS[0]
  const article = name === 'hour' ? 'an' : 'a'
  return `${sayBytes(bytesPerSecond * seconds)} ${article} ${name}`
}

export function sayBytes(bytes: number): string {
  return formatBytes(Math.round(bytes))
}

function short(value: number): string {
  return String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))
}
