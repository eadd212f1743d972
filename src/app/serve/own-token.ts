/** What this server itself starts has to be let in, too. */
import { randomBytes } from 'node:crypto'
import type { Access } from '../../server/guard.ts'

/** With a token that ends with this server; null: none is needed. */
export function withOwnToken(access: Access): { access: Access; token: string | null } {
  if (access.kind === 'loopback') return { access, token: null }
  const token = randomBytes(24).toString('hex')
  const own = { token, name: 'a run', groups: new Set<string>(), isRun: true }
  return { access: { kind: 'token', tokens: [...access.tokens, own] }, token }
}
