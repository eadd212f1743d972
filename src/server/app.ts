/** The HTTP side of `stella serve`: the API, metrics, events and the page. */
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'
import { StellaError } from '../model/errors.ts'
import { createBodies, MAX_BODY_BYTES } from './bodies.ts'
import type { Bodies } from './bodies.ts'
import { callerOf, COOKIE, guard, holderOf, rateLimit } from './guard.ts'
import type { Access, Caller, TokenHolder } from './guard.ts'
import type { Metrics } from './metrics.ts'
import { openApiDocument } from './openapi.ts'
import type { Page } from './page.ts'
import { ROUTES } from './routes.ts'
import type { Route } from './route.ts'
import type { Services } from './services.ts'
import { createStream } from './stream.ts'

export interface AppOptions {
  services: Services
  access: Access
  metrics: Metrics
  page: Page
  /** A fault of ours, for the log: never told to the caller. */
  onFault(error: unknown): void
}

const COOKIE_SECONDS = 30 * 86_400

const HEADERS = {
  // Whoever puts TLS before it decides that.
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
} as const

export function createApp(options: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const { services, access, metrics, page } = options
  const app = new Hono<{ Bindings: HttpBindings }>()
  const stream = createStream(services.live)
  const bodies = createBodies()

  // What the API answers is no page: nothing in it is active, wherever it is opened. It has the last word on its headers.
  app.use(
    '/api/*',
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'unsafe-inline'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        sandbox: [],
      },
      ...HEADERS,
    }),
  )
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        // A chart sets sizes of its own elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        objectSrc: ["'none'"],
      },
      ...HEADERS,
    }),
  )
  app.use(rateLimit())
  app.use(guard(access))

  app.get('/healthz', (context) => context.text('ok\n'))
  app.get('/readyz', async (context) => {
    const isReady = await services.database.ping()
    return isReady ? context.text('ready\n') : context.text('the database does not answer\n', 503)
  })
  app.post('/login', async (context) => {
    if (access.kind === 'loopback') return context.json({ ok: true })
    return withBody(context, bodies, async (body) => login(context, access.tokens, body))
  })
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  )
  app.get('/api/openapi.json', (context) => context.json(openApiDocument(services.version)))
  app.get('/api/events', (context) => stream.handle(context))
  for (const route of ROUTES) {
    app.on(route.method, route.path, (context) => {
      const answered = (input: unknown): Promise<Response> =>
        answer(context, route, services, input, callerOf(context, access))
      return route.method === 'get'
        ? answered(context.req.query())
        : withBody(context, bodies, answered)
    })
  }
  app.all('/api/*', (context) =>
    context.json({ error: 'there is no such call', todo: 'see /api/openapi.json' }, 404),
  )
  app.get('*', (context) => page.handle(context))
  app.onError((error, context) => {
    if (error instanceof StellaError) {
      return context.json({ error: error.message, todo: error.todo }, 503)
    }
    options.onFault(error)
    return context.json({ error: 'a fault of stella', todo: 'see the log of the server' }, 500)
  })
  return app
}

async function answer(
  context: Context,
  route: Route,
  services: Services,
  input: unknown,
  caller: Caller,
): Promise<Response> {
  const found = await route.answer(services, { input, path: context.req.param(), caller })
  if ('retryAfterSeconds' in found) context.header('retry-after', String(found.retryAfterSeconds))
  if ('problem' in found) return context.json(found.problem, found.status)
  if ('body' in found) return context.json(found.body, found.status)
  if ('text' in found) {
    return context.body(found.text, 200, {
      'content-type': found.mediaType,
      'content-disposition': `attachment; filename="${found.name}"`,
    })
  }
  return context.body(ReadableStream.from(found.stream), 200, {
    'content-type': route.mediaType ?? 'application/octet-stream',
  })
}

/** Reads the body, and answers with what it says; or says why it cannot be read. */
async function withBody(
  context: Context,
  bodies: Bodies,
  work: (body: unknown) => Promise<Response>,
): Promise<Response> {
  // A form of another site cannot send this type without being asked first.
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
    return noJson(context)
  }
  // What says so itself is refused before anything of it is read.
  if (Number(context.req.header('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge(context)
  const read = await bodies.read(context.req.raw, async (text) => {
    const body = parsed(text)
    return body === NO_JSON ? noJson(context) : work(body)
  })
  switch (read.is) {
    case 'read':
      return read.result
    case 'too large':
      return tooLarge(context)
    case 'too many':
      context.header('retry-after', '1')
      return context.json({ error: 'too much is sent at once', todo: 'send it again later' }, 503)
    case 'broken off':
      return noJson(context)
  }
}

const NO_JSON = Symbol('no JSON')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return NO_JSON
  }
}

function tooLarge(context: Context): Response {
  return context.json({ error: 'the body is too large', todo: 'send it in pieces of 16 MiB' }, 413)
}

function noJson(context: Context): Response {
  return context.json({ error: 'the body is no JSON', todo: 'see /api/openapi.json' }, 400)
}

function login(context: Context, tokens: readonly TokenHolder[], body: unknown): Response {
  const given = typeof body === 'object' && body !== null && 'token' in body ? body.token : null
  if (typeof given !== 'string' || holderOf(given, tokens) === null) {
    return context.json(
      { error: 'this is not the token', todo: 'see the settings of the server' },
      401,
    )
  }
  setCookie(context, COOKIE, given, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: COOKIE_SECONDS,
    secure: new URL(context.req.url).protocol === 'https:',
  })
  return context.json({ ok: true })
}
