import { usageError } from '../../../../model/errors.ts'

/**
 * Writes per second, `4000` or `4000/s`.
 *
 * @throws StellaError (usage)
 */
export function parseWrites(text: string): number {
  if (/^\d{1,9}(?:\/s)?$/.test(text)) return Number.parseInt(text, 10)
  throw usageError(`'${text}' is no count of writes`, null, 'write it as 4000 or 4000/s')
}

/** Major and minor number of a kernel. */
export interface KernelNumber {
  major: number
  minor: number
}

/**
 * The version of a kernel, `6.1.0-50-amd64`.
 *
 * @throws StellaError (usage)
 */
export function parseKernel(text: string): KernelNumber {
  const kernel = kernelNumber(text)
  if (kernel !== null) return kernel
  throw usageError(
    `'${text}' is no version of a kernel`,
    null,
    'write it as 5.10 or 6.1.0-50-amd64',
  )
}

/** Null for what begins like no version. */
export function kernelNumber(text: string): KernelNumber | null {
  const match = /^(\d{1,3})\.(\d{1,4})(?:[.\-+~_]|$)/.exec(text)
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) }
}
