import { usageError } from '../../../model/errors.ts'
import { field } from '../../../parsers/json-fields.ts'
import { composeBytes } from './size.ts'

export const LIMIT = ['mem_limit'] as const
export const SWAP = ['memswap_limit'] as const
export const RESERVATION = ['mem_reservation'] as const
export const DEPLOY_LIMIT = ['deploy', 'resources', 'limits', 'memory'] as const
export const DEPLOY_RESERVATION = ['deploy', 'resources', 'reservations', 'memory'] as const

/** What Docker accepts as a limit (daemon_unix.go, linuxMinMemory). */
const SMALLEST_LIMIT_BYTES = 6 * 1024 * 1024

/** A value of a service that shall be another. */
export interface Setting {
  path: readonly string[]
  /** As it stands now, wherever the service has it from; null: nowhere. */
  now: unknown
  bytes: number
}

interface Wish {
  limitBytes: number
  requestBytes: number | null
}

/** Looks a value up in a service: its own, then those that it extends. */
export type Lookup = (path: readonly string[]) => unknown

export function lookupIn(services: readonly unknown[]): Lookup {
  return (path) => {
    for (const service of services) {
      const found = field(service, ...path)
      if (found !== null) return found
    }
    return null
  }
}

/**
 * Which values have to change for a new limit: the limit in the form that the file uses, swap by the amount that it has beside
 * the limit now, and a reservation that would be above the limit.
 *
 * @throws StellaError where a value comes from a variable, or Docker would refuse the limit
 */
export function settingsFor(lookup: Lookup, wish: Wish, where: string): Setting[] {
  if (wish.limitBytes < SMALLEST_LIMIT_BYTES) {
    throw usageError('Docker takes no limit below 6 MiB', where, 'ask for a larger limit')
  }
  const limits = formOf(lookup)
  const limitBytes = composeBytes(lookup(limits[0] ?? LIMIT))
  return [
    ...limits.map((path) => setting(lookup, path, wish.limitBytes)),
    ...swapFor(lookup, limitBytes, wish.limitBytes),
    ...reservationsFor(lookup, wish, limits),
  ].filter(({ now, bytes }) => composeBytes(now) !== bytes)
}

function setting(lookup: Lookup, path: readonly string[], bytes: number): Setting {
  return { path, now: lookup(path), bytes }
}

/** Compose refuses two limits that differ, so a file with both forms keeps both. */
function formOf(lookup: Lookup): (readonly string[])[] {
  const present = [LIMIT, DEPLOY_LIMIT].filter((path) => lookup(path) !== null)
  if (present.length > 0) return present
  return [lookup(DEPLOY_LIMIT.slice(0, -1)) === null ? LIMIT : DEPLOY_LIMIT]
}

/** Swap keeps the amount that it has beside the limit; the engines' own default, twice the limit, stays twice the limit. */
function swapFor(lookup: Lookup, before: number | null, after: number): Setting[] {
  const total = composeBytes(lookup(SWAP))
  // Not set, 0 and -1 go along with any limit.
  if (total === null) return []
  const beside = before === null ? total - after : total - before
  const twice = before !== null && total === 2 * before
  return [setting(lookup, SWAP, twice ? 2 * after : after + Math.max(0, beside))]
}

function reservationsFor(
  lookup: Lookup,
  { limitBytes, requestBytes }: Wish,
  limits: readonly (readonly string[])[],
): Setting[] {
  const present = [RESERVATION, DEPLOY_RESERVATION].filter((path) => lookup(path) !== null)
  if (requestBytes !== null) {
    const fallback = limits[0] === DEPLOY_LIMIT ? DEPLOY_RESERVATION : RESERVATION
    const paths = present.length > 0 ? present : [fallback]
    return paths.map((path) => setting(lookup, path, Math.min(requestBytes, limitBytes)))
  }
  return present
    .filter((path) => (composeBytes(lookup(path)) ?? 0) > limitBytes)
    .map((path) => setting(lookup, path, limitBytes))
}

/** @throws StellaError: a variable is changed where it is set, for it may serve other places too */
export function refuseVariable({ path, now }: Setting, value: string, where: string): void {
  if (typeof now !== 'string' || !now.includes('$')) return
  const name = /\$\{?([A-Za-z_]\w*)/.exec(now)?.[1] ?? 'it'
  throw usageError(
    `${path.join('.')} is set by the variable ${name}`,
    where,
    `set ${name}=${value} in the .env file or in the environment that docker compose is started with`,
  )
}
