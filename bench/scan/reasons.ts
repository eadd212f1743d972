import type { Peer } from './peers.ts'

interface Reason {
  /** Of whom; null: of everybody. */
  peer: Peer['name'] | null
  name: RegExp
  says: string
}

/** Why something is told by a peer alone. Each was looked at in the image. */
const REASONS: readonly Reason[] = [
  {
    peer: null,
    name: /^generic /,
    says: 'is a guess from the bytes of a program, which no package manager knows',
  },
]

/** Null where nobody knows. */
export function reasonOf(
  peer: Peer['name'],
  name: string,
  ours: ReadonlySet<string>,
): string | null {
  if (ours.has(name.toLowerCase())) return 'is the same package, with other capitals'
  return REASONS.find((one) => (one.peer ?? peer) === peer && one.name.test(name))?.says ?? null
}
