/** The HTTP side of `stella serve`: the API, metrics, events and the page. */
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'
import { MIB } from '../model/bytes.ts'
import { StellaError } from '../model/errors.ts'
import { callerOf, COOKIE, guard, holderOf, rateLimit } from './guard.ts'
import type { Access, Caller } from './guard.ts'
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

/** A delivery of a thousand cases, each a megabyte at most, is sent in pieces. */
const MAX_BODY_BYTES = 16 * MIB
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
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }))

  app.get('/healthz', (context) => context.text('ok\n'))
  app.get('/readyz', async (context) => {
    const isReady = await services.database.ping()
    return isReady ? context.text('ready\n') : context.text('the database does not answer\n', 503)
  })
  app.post('/login', (context) => login(context, access))
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  )
  app.get('/api/openapi.json', (context) => context.json(openApiDocument(services.version)))
  app.get('/api/events', (context) => stream.handle(context))
  for (const route of ROUTES) {
    app.on(route.method, route.path, (context) =>
      answer(context, route, services, callerOf(context, access)),
    )
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
  caller: Caller,
): Promise<Response> {
  const input = route.method === 'get' ? context.req.query() : await bodyOf(context)
  if (input === NO_JSON) {
    return context.json({ error: 'the body is no JSON', todo: 'see /api/openapi.json' }, 400)
  }
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

const NO_JSON = Symbol('no JSON')

async function bodyOf(context: Context): Promise<unknown> {
  // A form of another site cannot send this type without being asked first.
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) return NO_JSON
  try {
    return await context.req.json()
  } catch {
    return NO_JSON
  }
}

async function login(context: Context, access: Access): Promise<Response> {
  if (access.kind === 'loopback') return context.json({ ok: true })
  const body = await bodyOf(context)
  const given = typeof body === 'object' && body !== null && 'token' in body ? body.token : null
  if (typeof given !== 'string' || holderOf(given, access.tokens) === null) {
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

function tooLarge(context: Context): Response {
  return context.json({ error: 'the body is too large', todo: 'send it in pieces of 16 MiB' }, 413)
}
