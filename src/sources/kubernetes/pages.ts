import { isRecord, listField, textField } from '../../parsers/json-fields.ts'
import type { ApiQuery, KubernetesApi } from './api.ts'
import { ApiProblem } from './problem.ts'

export interface Page {
  /** Without `kind` and `apiVersion`, which items of a list do not carry. */
  items: readonly Record<string, unknown>[]
  /** From where a watch goes on. */
  resourceVersion: string
  /** The list was read anew in between: what came before comes again. */
  anew: boolean
}

const FIRST_PAGE = 100
const LARGEST_PAGE = 500
/**
 * Annotations hold up to 256 KiB each, so objects are counted by what they weigh. Parsed, a page is some ten times as large, and
 * pages that die young keep the heap small: with eight times as much, 5,000 pods took 100 MiB more.
 */
const PAGE_BYTES = 1024 * 1024
/** One object that etcd takes (1.5 MiB) is longer as JSON. */
const OBJECT_BYTES = 8 * 1024 * 1024
/** A list that is older than the server's history begins anew, so often. */
const RESTARTS = 3

/**
 * A list, page by page, so that neither the server nor we hold all of it.
 *
 * @throws ApiProblem
 */
export async function* listPages(
  api: KubernetesApi,
  list: ApiQuery,
  maxItems = Number.POSITIVE_INFINITY,
): AsyncGenerator<Page> {
  let limit = FIRST_PAGE
  let largest = LARGEST_PAGE
  let next = ''
  let read = 0
  let restarts = 0
  let anew = false
  for (let more = true; more && read < maxItems;) {
    try {
      const query = { ...list.query, limit, continue: next }
      const answer = await api.get({
        ...list,
        query,
        maxBytes: limit === 1 ? OBJECT_BYTES : PAGE_BYTES,
      })
      const items = listField(answer, LARGEST_PAGE, 'items').filter(isRecord)
      read += items.length
      next = textField(answer, 'metadata', 'continue') ?? ''
      yield { items, resourceVersion: textField(answer, 'metadata', 'resourceVersion') ?? '', anew }
      more = next !== ''
      anew = false
      limit = Math.min(limit * 2, largest)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (error.kind === 'too-large' && limit > 1) {
        // Not so many again: objects of a kind are mostly of a size.
        largest = Math.max(1, Math.floor(limit / 2))
        limit = Math.max(1, Math.floor(limit / 8))
        continue
      }
      if (error.kind !== 'gone' || restarts++ === RESTARTS) throw error
      // With the server's own token the rest is newer than the beginning, and still whole.
      anew = error.goOn === null
      next = error.goOn ?? ''
      if (anew) read = 0
    }
  }
}
