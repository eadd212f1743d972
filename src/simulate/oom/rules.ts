/** What differs between kernel versions about whom the OOM killer takes. */
export interface OomRules {
  /** Tasks with CAP_SYS_ADMIN have 3 % of their memory taken off (before 4.17, d46078b28889). */
  rootBonus: boolean
  /** An eligible task has at least one point (before 5.9, 9066e5cfb73c). */
  atLeastOnePoint: boolean
  /** Of two with the same points (since 5.3, f168a9a54ec3, the later one replaces the earlier). */
  ofEquals: 'first' | 'last'
  /** A child with memory of its own dies in place of its parent (before 5.1, bbbe48029720). */
  sacrificesChild: boolean
  /** memory.oom.group (since 4.19, on cgroup v2 alone). */
  knowsOomGroup: boolean
}

/**
 * The rules of a kernel, `6.1.0-50-amd64`; those of a current one where the version is not known. Distributions carry
 * changes back into older numbers, so that theirs may be newer than the number says.
 */
export function rulesOf(kernelVersion: string | null): OomRules {
  const version = versionNumber(kernelVersion)
  return {
    rootBonus: version < versionNumber('4.17'),
    atLeastOnePoint: version < versionNumber('5.9'),
    ofEquals: version < versionNumber('5.3') ? 'first' : 'last',
    sacrificesChild: version < versionNumber('5.1'),
    knowsOomGroup: version >= versionNumber('4.19'),
  }
}

function versionNumber(version: string | null): number {
  const match = /^(\d{1,3})\.(\d{1,4})/.exec(version ?? '')
  if (match === null) return Number.POSITIVE_INFINITY
  return Number(match[1]) * 10_000 + Number(match[2])
}
