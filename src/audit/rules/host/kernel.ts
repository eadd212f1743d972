import type { Said } from '../../machine.ts'

/** Whether a kernel is older than a release; false where that is not known. */
export function isBefore(kernel: Said<string> | null, major: number, minor: number): boolean {
  const [, own, second] = /^(\d+)\.(\d+)/.exec(kernel?.value ?? '') ?? []
  if (own === undefined || second === undefined) return false
  return Number(own) < major || (Number(own) === major && Number(second) < minor)
}
