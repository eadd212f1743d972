import { EventEmitter } from 'node:events'
import type { Sessions } from './sessions.ts'

type Done = (error?: unknown) => void

/** What express-session and @fastify/session call. */
export interface SessionStore<S extends object> {
  get(id: string, done: (error: unknown, session?: S | null) => void): void
  set(id: string, session: S, done?: Done): void
  touch(id: string, session: S, done?: Done): void
  destroy(id: string, done?: Done): void
}

/**
 * A store for express-session.
 *
 * @param Store `session.Store`, from which it has what express-session itself brings
 * @example
 * app.use(session({ secret, store: expressSessionStore(session.Store, sessions) }))
 */
export function expressSessionStore<S extends object, B extends object>(
  Store: abstract new () => B,
  sessions: Sessions<S>,
): B & SessionStore<S> {
  const store: B = Reflect.construct(EventEmitter, [], Store)
  return Object.assign(store, storeOf(sessions))
}

/**
 * A store for @fastify/session.
 *
 * @example
 * app.register(fastifySession, { secret, store: fastifySessionStore(sessions) })
 */
export function fastifySessionStore<S extends object>(sessions: Sessions<S>): SessionStore<S> {
  return storeOf(sessions)
}

function storeOf<S extends object>(sessions: Sessions<S>): SessionStore<S> {
  return {
    get: (id, done) =>
      void sessions.get(id).then(
        (session) => done(null, session),
        (error: unknown) => done(error),
      ),
    set: (id, session, done) => tell(sessions.set(id, session), done),
    // What lasts longer has to be written where it lasts.
    touch: (id, session, done) => tell(sessions.set(id, session), done),
    destroy: (id, done) => tell(sessions.destroy(id), done),
  }
}

function tell(work: Promise<void>, done: Done = () => undefined): void {
  void work.then(
    () => done(),
    (error: unknown) => done(error),
  )
}
