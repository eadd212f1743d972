/** Whether somebody sends alerts to a server. */
import * as z from 'zod/mini'
import { unreachableError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import { AlertsPage } from '../../server/alert-contract.ts'
import { whyUnreachable } from '../fleet/delivery.ts'
import type { RemoteServer } from '../scanner/remote-call.ts'

/** As many as a server tells at once. */
const MOST = 500

/**
 * When an alert was heard of last; null: none is known.
 *
 * @throws StellaError (unreachable) where it is no server of ours, or does not let us in
 */
export async function lastAlertHeard(
  { url, token }: RemoteServer,
  signal: AbortSignal,
): Promise<Instant | null> {
  const target = new URL('api/alerts', url.href.endsWith('/') ? url : `${url.href}/`)
  target.searchParams.set('limit', String(MOST))
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  const told = await fetch(target, { headers, signal, redirect: 'manual' })
    .then((response) => response.json())
    .catch((error: unknown) => {
      throw unreachableError(whyUnreachable(error), url.origin, SEE, { cause: error })
    })
  const read = z.safeParse(AlertsPage, told)
  if (!read.success) throw unreachableError('it does not tell its alerts', url.origin, SEE)
  const times = read.data.alerts.map(({ heardAt }) => Date.parse(heardAt))
  return times.length === 0 ? null : Math.max(...times)
}

const SEE = "see that 'stella serve' answers there, and give its token with --token-file FILE"
