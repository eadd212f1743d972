/** Who has a hand in a run, as it is written down. Pure. */
import { refusedError } from '../../model/errors.ts'

/** Who asks for something. */
export interface Who {
  /** As it is written down. */
  by: string
  /** What they belong to; null: nobody has said who belongs to what, and everybody may approve. */
  groups: ReadonlySet<string> | null
  /** Another user of the machine than the one in whose name changes would be made. */
  isOtherUser: boolean
}

const OVER_HTTP = ', over HTTP'

/** For a name that the caller gives, and nobody has checked. */
export function overHttp(name: string): string {
  return `${name}${OVER_HTTP}`
}

/** Two ways of the same person are one person. */
export function nameIn(by: string): string {
  return by.endsWith(OVER_HTTP) ? by.slice(0, -OVER_HTTP.length) : by
}

/** Whether they may approve the changes of a runbook, and take them back. */
export function mayApprove({ groups }: Who, owner: string | null): boolean {
  return groups === null || owner === null || groups.has(owner)
}

/**
 * What this machine does for them is done in the name of this stella.
 *
 * @param command with which its user does the same
 * @throws StellaError (usage, forbidden)
 */
export function refuseOtherUser({ by, isOtherUser }: Who, command: string): void {
  if (!isOtherUser) return
  throw refusedError(
    'forbidden',
    `${by} is another user of this machine than this server, and changes would be made in its name`,
    null,
    `do it as the user of the server (${command}), or start the server with --token-file`,
  )
}
