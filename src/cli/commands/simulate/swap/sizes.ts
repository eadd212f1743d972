import { usageError } from '../../../../model/errors.ts'
import { readDockerSize } from '../../../../parsers/quantity/docker.ts'
import { MIN_MEMORY_BYTES } from '../../../../simulate/swap.ts'

/**
 * `--memory` as Docker takes it, in bytes; 0 is "not set".
 *
 * @throws StellaError (usage)
 */
export function parseMemory(text: string): number {
  const bytes = parseDockerSize(text)
  if (bytes === 0 || bytes >= MIN_MEMORY_BYTES) return bytes
  throw usageError(`'${text}' is too small: Docker takes 6m and more`, null, 'write 6m or more')
}

/**
 * `--memory-swap` as Docker takes it, in bytes; 0 is "not set", -1 "no limit".
 *
 * @throws StellaError (usage)
 */
export function parseMemorySwap(text: string): number {
  return text === '-1' ? -1 : parseDockerSize(text)
}

/** @throws StellaError (usage) */
export function parseDockerSize(text: string): number {
  const read = readDockerSize(text)
  if (!read.ok) throw usageError(read.problem, null, read.todo)
  return read.bytes
}

/**
 * `--memory-swappiness`, 0 to 100; -1 is "not set".
 *
 * @throws StellaError (usage)
 */
export function parseSwappiness(text: string): number {
  if (text === '-1') return -1
  const swappiness = /^\d{1,3}$/.test(text) ? Number(text) : Infinity
  if (swappiness <= 100) return swappiness
  throw usageError(`'${text}' is no swappiness that Docker takes`, null, 'write 0 to 100')
}
