/** Who may call, and how often. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { isLoopback } from '../model/loopback.ts'
import { keepNewest } from '../model/newest.ts'
import { socketUser } from '../sources/network/socket-user.ts'
import { hostReader } from '../sources/reader.ts'

/** How the server lets somebody in. */
export type Access =
  /** It listens on this machine alone, and everybody here may look. */
  | { kind: 'loopback' }
  /** Whoever knows one of the tokens. */
  | { kind: 'token'; tokens: readonly TokenHolder[] }

/** Who has a token. */
export interface TokenHolder extends Omit<Caller, 'isOtherUser'> {
  token: string
}

/** Who calls, as far as their token says it. */
export interface Caller {
  /** Null: nobody has checked who it is. */
  name: string | null
  /** What they belong to; null: nobody has said who belongs to what. */
  groups: ReadonlySet<string> | null
  /** A program that a run of this server has started: it has no say in runs. */
  isRun: boolean
  /** Another user of this machine, as far as the kernel tells: what the server does for them, it does in its own name. */
  isOtherUser: boolean
}

const ANYBODY: Caller = { name: null, groups: null, isRun: false, isOtherUser: false }

/** The page keeps the token here; scripts of other pages cannot read it, and it is not sent along from there. */
export const COOKIE = 'stella_token'

/**
 * What tells something about somebody. Probes ask without a token, and the files of the page are the same for all: without them
 * nobody could give the token to it.
 */
const CLOSED = /^\/(?:api|metrics)(?:\/|$)/

/** Lets nobody in who may not come, and nobody act in the name of one who may. */
export function guard(access: Access): MiddlewareHandler {
  return async (context, next) => {
    const refusal = refusalOf(context, access)
    if (refusal !== null) return context.json(refusal.problem, refusal.status)
    await next()
    return undefined
  }
}

interface Refusal {
  status: 401 | 403
  problem: { error: string; todo: string }
}

function refusalOf(context: Context, access: Access): Refusal | null {
  if (access.kind === 'loopback' && !isLoopback(context.req.header('host') ?? '')) {
    // Another site may let its own name point here (DNS rebinding); only ours are answered.
    return {
      status: 403,
      problem: {
        error: 'this server answers under the names of its own machine alone',
        todo: 'call it as localhost, or start it with a token and --listen',
      },
    }
  }
  if (isUnsafe(context.req.method) && isFromElsewhere(context)) {
    return {
      status: 403,
      problem: {
        error: 'this call comes from another site',
        todo: 'call it from the page of this server, or without a browser',
      },
    }
  }
  if (access.kind === 'loopback' || !CLOSED.test(context.req.path)) return null
  if (holderOf(tokenOf(context), access.tokens) !== null) return null
  return {
    status: 401,
    problem: {
      error: 'a token is needed',
      todo: "send it as 'Authorization: Bearer TOKEN', or give it to the page",
    },
  }
}

function tokenOf(context: Context): string {
  const bearer = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1]
  return bearer ?? getCookie(context, COOKIE) ?? ''
}

export function callerOf(context: Context<{ Bindings: HttpBindings }>, access: Access): Caller {
  if (access.kind === 'loopback') {
    return { ...ANYBODY, isOtherUser: isUnsafe(context.req.method) && isOtherUser(context) }
  }
  const holder = holderOf(tokenOf(context), access.tokens)
  return holder === null ? ANYBODY : { ...holder, isOtherUser: false }
}

/** Whose user nobody can tell is taken for another one. */
function isOtherUser({ env }: Context<{ Bindings: HttpBindings }>): boolean {
  const { remoteAddress, remotePort, localAddress, localPort } = env.incoming.socket
  const user = socketUser(
    hostReader(),
    { address: remoteAddress ?? '', port: remotePort ?? 0 },
    { address: localAddress ?? '', port: localPort ?? 0 },
  )
  return user !== 0 && user !== process.getuid?.()
}

/** Null: it is nobody's. */
export function holderOf(given: string, tokens: readonly TokenHolder[]): TokenHolder | null {
  // All of them are looked at: how long it takes tells nothing about any.
  const [holder] = tokens.filter(({ token }) => isToken(given, token))
  return holder ?? null
}

/** In constant time. */
function isToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

function isUnsafe(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

/** Browsers say where a call comes from; whoever is no browser has no cookie that could be misused. */
function isFromElsewhere(context: Context): boolean {
  const site = context.req.header('sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = context.req.header('origin')
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== context.req.header('host')
}

/** Calls of one address in a second, and how many it may save up. */
const RATE_PER_SECOND = 200
const BURST = 1_000
const MAX_ADDRESSES = 10_000

/** Holds back who calls too often. */
export function rateLimit(now: () => number = () => performance.now()): MiddlewareHandler {
  const buckets = new Map<string, { left: number; at: number }>()
  return async (context, next) => {
    const address = getConnInfo(context).remote.address ?? ''
    const at = now()
    const bucket = buckets.get(address) ?? { left: BURST, at }
    const left = Math.min(BURST, bucket.left + ((at - bucket.at) / 1_000) * RATE_PER_SECOND)
    keepNewest(buckets, address, { left: Math.max(0, left - 1), at }, MAX_ADDRESSES)
    if (left >= 1) {
      await next()
      return undefined
    }
    context.header('retry-after', '1')
    return context.json({ error: 'too many calls', todo: 'wait a second' }, 429)
  }
}
