import { median } from './quantile.ts'

const PARTS = 12

/**
 * How surely points rise even if each wanders on from the one before (a random walk, where any two points differ): the mean of
 * the steps between parts of the points, in standard errors. Noise about a line counts as steps to and fro, which is strict.
 *
 * @returns 0 for less than four points; beyond 3 chance is out of the question
 */
export function driftOf(values: readonly number[]): number {
  const parts = Math.min(PARTS, values.length)
  if (parts < 4) return 0
  const levels = Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((edge) => Math.floor((edge * values.length) / parts))
    return median(values.slice(from, to))
  })
  const steps = levels.slice(1).map((level, index) => level - (levels[index] ?? level))
  const mean = steps.reduce((sum, step) => sum + step / steps.length, 0)
  const variance = steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / (steps.length - 1)
  // Rounding: a straight line is as sure as can be.
  const least = (1e-9 * Math.abs(mean)) ** 2
  return mean === 0 ? 0 : mean / Math.sqrt(Math.max(variance, least) / steps.length)
}
