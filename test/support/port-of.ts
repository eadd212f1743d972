import type { AddressInfo } from 'node:net'

/** The port that a server listens on, of `server.address()`. */
export function portOf(address: string | AddressInfo | null): number {
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('the server listens on no port')
}
