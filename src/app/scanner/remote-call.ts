/** One call of a server: asked, checked against the contract, and told in the words of the server where it refuses. */
import * as z from 'zod/mini'
import { type StellaError, unreachableError, usageError } from '../../model/errors.ts'
import { MIB } from '../../model/bytes.ts'
import { readAnswer } from '../../server/answer.ts'
import type { AnswerKind } from '../../server/answer.ts'
import { Problem } from '../../server/contract.ts'
import { whyUnreachable } from '../fleet/delivery.ts'

export interface RemoteServer {
  url: URL
  token: string | null
}

/** What is asked: a POST where there is a body. */
export interface RemoteCall {
  /** Below `/api/scanner/`. */
  path: string
  query?: Readonly<Record<string, string | number | undefined>>
  body?: object
}

/** A server looks an image up before it answers. */
const PATIENCE_MS = 60_000
const MOST_ANSWER_BYTES = 64 * MIB

export interface RemoteCaller {
  /** @throws StellaError as the server has it */
  ask<Content extends z.ZodMiniObject>(
    kind: AnswerKind<Content>,
    call: RemoteCall,
  ): Promise<z.output<Content>>
  /** Null: there is no such thing. */
  askFor<Content extends z.ZodMiniObject>(
    kind: AnswerKind<Content>,
    call: RemoteCall,
  ): Promise<z.output<Content> | null>
  /** The answer as it comes. Null: there is no such thing. */
  stream(call: RemoteCall): Promise<AsyncIterable<Uint8Array> | null>
}

export function remoteCaller({ url, token }: RemoteServer): RemoteCaller {
  const where = url.origin

  async function send({ path, query = {}, body }: RemoteCall, signal?: AbortSignal) {
    const target = new URL(
      `api/scanner/${path}`,
      url.href.endsWith('/') ? url.href : `${url.href}/`,
    )
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) target.searchParams.set(name, String(value))
    }
    try {
      return await fetch(target, {
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
        redirect: 'manual',
      })
    } catch (error) {
      throw broken(error, where)
    }
  }

  async function askFor<Content extends z.ZodMiniObject>(
    kind: AnswerKind<Content>,
    call: RemoteCall,
  ): Promise<z.output<Content> | null> {
    const response = await send(call, AbortSignal.timeout(PATIENCE_MS))
    const document = await documentIn(response, where)
    if (response.status !== 200) return refused(response.status, document, where)
    const content = readAnswer(kind, document)
    if (content === null) throw noServer(where)
    return content
  }

  return {
    askFor,
    async ask(kind, call) {
      const content = await askFor(kind, call)
      if (content !== null) return content
      throw unreachableError('there is no such thing', where, 'it may be too old, or gone')
    },
    async stream(call) {
      const response = await send(call)
      if (response.status === 200 && response.body !== null) return whole(response.body, where)
      return refused(response.status, await documentIn(response, where), where)
    },
  }
}

/** Gives null where there is no such thing, and throws what else the server says. */
function refused(status: number, document: unknown, where: string): null {
  const read = z.safeParse(Problem, document)
  if (status >= 300 && status < 400) {
    throw unreachableError(
      'the server is somewhere else',
      where,
      'name the address that it redirects to',
    )
  }
  if (!read.success) throw noServer(where)
  const { error, todo, where: what = null, code } = read.data
  if (code === 'no-such-thing') return null
  if (status === 400) throw usageError(error, what, todo)
  if (status === 401) {
    throw unreachableError(
      'the server does not let us in without its token',
      where,
      'give it with --token-file FILE, or as STELLA_TOKEN',
    )
  }
  // What is not there is named by the words alone; what does not work is at a place.
  throw unreachableError(error, status === 404 ? what : (what ?? where), todo)
}

/** Null: it is no JSON. */
async function documentIn(response: Response, where: string): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body === null ? [] : whole(response.body, where)) {
    bytes += chunk.length
    // Leaving the loop closes the connection.
    if (bytes > MOST_ANSWER_BYTES) throw noServer(where)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    return null
  }
}

async function* whole(body: AsyncIterable<Uint8Array>, where: string): AsyncIterable<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw broken(error, where)
  }
}

function broken(error: unknown, where: string): StellaError {
  const todo = "see that 'stella serve' runs there, and that this host reaches it"
  return unreachableError(whyUnreachable(error), where, todo, { cause: error })
}

function noServer(where: string): StellaError {
  return unreachableError(
    "what answers there is no 'stella serve'",
    where,
    'name the address that it listens at',
  )
}
