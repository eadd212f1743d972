import { setTimeout as wait } from 'node:timers/promises'
import { errorCode } from '../../model/error-code.ts'
import { field, isRecord, numberField, parseRecord, textField } from '../../parsers/json-fields.ts'
import type { ApiQuery, KubernetesApi } from './api.ts'
import { ApiProblem, problemOf } from './problem.ts'

export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: Record<string, unknown>
}

/** What is longer is no object that etcd takes. */
const MAX_LINE_BYTES = 4 * 1024 * 1024
/** Each call ends after a while, as the server would end it, and the next goes on from the last bookmark. */
const CALL_SECONDS = 290
/** Between two calls: a server that ends each at once, or is away, is not stormed. */
const PAUSE_MS = 1_000

/**
 * The changes of a list since a resource version, one at a time, until the signal. Calls that end are made again from the last
 * change or bookmark, so nothing is read twice; memory is bounded by one object.
 *
 * @throws ApiProblem; `gone` where the server's history begins later: list again, and follow from there
 */
export async function* followChanges(
  api: KubernetesApi,
  list: ApiQuery,
  resourceVersion: string,
): AsyncGenerator<Change> {
  let since = resourceVersion
  while (!list.signal.aborted) {
    const query = {
      ...list.query,
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: since,
      timeoutSeconds: CALL_SECONDS,
    }
    for await (const line of linesOf(api, { ...list, query })) {
      const read = parseRecord(line)
      const object = field(read, 'object')
      const type = textField(read, 'type')
      if (!isRecord(object)) continue
      if (type === 'ERROR') {
        throw problemOf(
          numberField(object, 'code') ?? 0,
          `GET ${list.path}`,
          JSON.stringify(object),
        )
      }
      since = textField(object, 'metadata', 'resourceVersion') ?? since
      if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') yield { type, object }
    }
    await wait(PAUSE_MS, undefined, { signal: list.signal }).catch(() => undefined)
  }
}

/** The lines of one call, until it ends, for whatever passing reason. */
async function* linesOf(api: KubernetesApi, query: ApiQuery): AsyncGenerator<string> {
  let pieces: Uint8Array[] = []
  let length = 0
  try {
    for await (const piece of await api.stream(query)) {
      if (!(piece instanceof Uint8Array)) continue
      let from = 0
      for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
        pieces.push(piece.subarray(from, end))
        yield Buffer.concat(pieces).toString()
        pieces = []
        length = 0
        from = end + 1
      }
      length += piece.length - from
      if (length > MAX_LINE_BYTES) {
        throw new ApiProblem('too-large', `GET ${query.path}`, 'an object is too large')
      }
      pieces.push(piece.subarray(from))
    }
  } catch (error) {
    if (!query.signal.aborted && !isPassing(error)) throw error
  }
}

/** The connection broke, or the server is away or has too much to do. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiProblem) return ['busy', 'unreachable', 'late'].includes(error.kind)
  return errorCode(error) !== 'unknown'
}
