/**
 * Kubernetes cuts times to the second: an end so told may lie this many milliseconds later, and what was asked for after that
 * ended nothing.
 */
export function cutOff(at: number): number {
  return at % 1_000 === 0 ? 999 : 0
}
