/** One limit that this process may run into, and how much of it cannot be given back. */
export interface Constraint {
  /** A memory group, V8's heap, the machine, or the process where nothing better can be read. */
  kind: 'group' | 'heap' | 'machine' | 'process'
  /** Which one: a folder of the group; else words. */
  name: string
  limitBytes: number
  usedBytes: number
}

/** The share of a limit that is used; at most 1 unless the limit was lowered below what is used. */
export function ratioOf({ usedBytes, limitBytes }: Constraint): number {
  return limitBytes > 0 ? usedBytes / limitBytes : 1
}

/** The one that will be reached first: the fullest. Null: there is none. */
export function bindingOf(constraints: readonly Constraint[]): Constraint | null {
  return constraints.reduce<Constraint | null>(
    (fullest, one) => (fullest === null || ratioOf(one) > ratioOf(fullest) ? one : fullest),
    null,
  )
}

/** How many bytes are left before the first of them is used to this share. Below zero: one is beyond it. */
export function headroomTo(share: number, constraints: readonly Constraint[]): number {
  return Math.min(...constraints.map((one) => one.limitBytes * share - one.usedBytes))
}
