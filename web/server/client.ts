/** Calls of the API. Whatever comes back is checked against the server's own contract before anything is drawn of it. */
import * as z from 'zod/mini'
import { Problem } from '../../src/server/contract.ts'

export type Answer<T> =
  | { kind: 'ready'; value: T }
  /** It does not answer. */
  | { kind: 'away' }
  /** It wants a token. */
  | { kind: 'token' }
  | { kind: 'missing' }
  | Refusal

export interface Refusal {
  kind: 'refused'
  error: string
  todo: string
  /** What of the call it is about. */
  where?: string | undefined
}

export function ask<Shape extends z.ZodMiniType>(
  path: string,
  shape: Shape,
): Promise<Answer<z.output<Shape>>> {
  return call(path, { headers: { accept: 'application/json' } }, shape)
}

/** Wants something to be done. */
export function send<Shape extends z.ZodMiniType>(
  path: string,
  body: object,
  shape: Shape,
): Promise<Answer<z.output<Shape>>> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  return call(path, { method: 'POST', headers, body: JSON.stringify(body) }, shape)
}

async function call<Shape extends z.ZodMiniType>(
  path: string,
  request: RequestInit,
  shape: Shape,
): Promise<Answer<z.output<Shape>>> {
  let response: Response
  try {
    response = await fetch(path, request)
  } catch {
    return { kind: 'away' }
  }
  if (response.status === 401) return { kind: 'token' }
  if (response.status === 404) return { kind: 'missing' }
  const body = await jsonOf(response)
  // What stands before a server that is away answers in its place.
  if (body === undefined) return response.ok ? NOT_UNDERSTOOD : { kind: 'away' }
  if (!response.ok) {
    const told = z.safeParse(Problem, body)
    return told.success ? { ...told.data, kind: 'refused' } : { kind: 'away' }
  }
  const read = z.safeParse(shape, body)
  return read.success ? { kind: 'ready', value: read.data } : NOT_UNDERSTOOD
}

const NOT_UNDERSTOOD: Answer<never> = {
  kind: 'refused',
  error: 'the answer of the server is not understood',
  todo: 'load the page again: the server may be of another version',
}

/** Gives the token once; the server keeps it in a cookie that no script can read. Null: it took it. */
export async function login(token: string): Promise<string | null> {
  try {
    const response = await fetch('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    if (response.ok) return null
    const told = z.safeParse(Problem, await jsonOf(response))
    return told.success ? `${told.data.error}; ${told.data.todo}` : 'the server did not take it'
  } catch {
    return 'the server does not answer'
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
