/** Filters stand in the address, so that a view can be sent to somebody. */

export const SPANS = {
  '1h': { name: 'the last hour', ms: 3_600_000 },
  '1d': { name: 'the last day', ms: 86_400_000 },
  '7d': { name: 'the last week', ms: 7 * 86_400_000 },
  '30d': { name: 'the last 30 days', ms: 30 * 86_400_000 },
} as const

const PAGE_SIZE = 50

/** The query of the API for the query of the address. */
export function queryOf(here: URLSearchParams, now: number): string {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE) })
  for (const name of ['verdict', 'host', 'search', 'after']) {
    const value = here.get(name)
    if (value !== null && value !== '') query.set(name, value)
  }
  const since = here.get('since') ?? ''
  const span = Object.entries(SPANS).find(([id]) => id === since)?.[1]
  if (span !== undefined) query.set('since', new Date(now - span.ms).toISOString())
  return query.toString()
}

export function isFiltered(here: URLSearchParams): boolean {
  return ['verdict', 'host', 'search', 'since', 'after'].some((name) => here.has(name))
}
