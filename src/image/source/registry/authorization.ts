import * as z from 'zod/mini'
import { jsonOrNull } from '../json.ts'
import { unreachableError, usageError } from '../../../model/errors.ts'
import { bodyOf } from './body.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import type { Credentials, CredentialsFound } from './credentials.ts'
import { type Endpoint, mayBePlain } from './endpoints.ts'
import type { Patience } from './patience.ts'
import { type Answer, send, shownUrl } from './send.ts'

const Token = z.object({ token: z.nullish(z.string()), access_token: z.nullish(z.string()) })
const MAX_TOKEN_BYTES = 128 * 1024

/** What opens one repository at one endpoint. Nothing of it stands in any error. */
export class Authorization {
  #header: string | null = null
  #found: Promise<CredentialsFound> | null = null
  #asking: Promise<void> | null = null
  readonly #endpoint: Endpoint
  readonly #repository: string
  readonly #lookUp: () => Promise<CredentialsFound>
  readonly #patience: Patience

  /** @param lookUp asked at most once, and only where the registry wants to know who we are */
  constructor(
    place: { endpoint: Endpoint; repository: string },
    lookUp: () => Promise<CredentialsFound>,
    patience: Patience,
  ) {
    this.#endpoint = place.endpoint
    this.#repository = place.repository
    this.#lookUp = lookUp
    this.#patience = patience
  }

  get headers(): Record<string, string> {
    return this.#header === null ? {} : { authorization: this.#header }
  }

  /**
   * Calls, and where the registry wants to know who we are, says so and calls again.
   *
   * @throws StellaError 3 where it does not let us in
   */
  async call(
    ask: (headers: Record<string, string>) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const used = this.#header
    const first = await ask(this.headers)
    if (first.status !== 401) return first
    first.stop()
    // Several layers are asked for at the same time: one token is enough for all.
    if (this.#header === used) {
      this.#asking ??= this.#meet(first.headers.get('www-authenticate') ?? '', signal)
      await this.#asking.finally(() => (this.#asking = null))
    }
    const second = await ask(this.headers)
    if (second.status !== 401 && second.status !== 403) return second
    second.stop()
    throw await this.#refused()
  }

  /** Why we were not let in, and what could be done. */
  async #refused(): Promise<Error> {
    const { credentials, problem } = (await this.#found) ?? { credentials: null, problem: null }
    const { host } = this.#endpoint
    const known =
      credentials === null ? 'nobody who is known to it' : 'the credentials it was given'
    return unreachableError(
      `the registry does not let ${known} read ${this.#repository}`,
      host,
      problem === null
        ? `see that the name is right, or log in with 'docker login ${host}'`
        : `${problem}: mend that, or log in with 'docker login ${host}'`,
    )
  }

  async #meet(header: string, signal: AbortSignal): Promise<void> {
    const challenges = parseChallenges(header)
    this.#found ??= this.#lookUp()
    const { credentials } = await this.#found
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
    if (bearer !== undefined) {
      this.#header = `Bearer ${await this.#token(bearer, credentials, signal)}`
      return
    }
    const isBasic = challenges.some(({ scheme }) => scheme === 'basic')
    if (isBasic && credentials?.kind === 'basic') this.#header = basic(credentials)
    else throw await this.#refused()
  }

  async #token(
    { parameters }: Challenge,
    credentials: Credentials | null,
    signal: AbortSignal,
  ): Promise<string> {
    const realm = this.#realm(parameters.get('realm') ?? '')
    const query = new URLSearchParams({
      service: parameters.get('service') ?? '',
      scope: parameters.get('scope') ?? `repository:${this.#repository}:pull`,
    })
    const call = { isInsecure: this.#endpoint.isInsecure, signal }
    const answer =
      credentials?.kind === 'identity'
        ? await send(
            { ...call, ...exchange(credentials.token, query), url: realm.href, method: 'POST' },
            this.#patience,
          )
        : await send(
            {
              ...call,
              url: withQuery(realm, query),
              headers: credentials === null ? {} : { authorization: basic(credentials) },
            },
            this.#patience,
          )
    if (answer.status !== 200) {
      answer.stop()
      if (answer.status >= 400 && answer.status < 404) throw await this.#refused()
      throw unreachableError(
        `it answers ${answer.status} instead of a token`,
        shownUrl(realm.href),
        'try again later',
      )
    }
    return tokenIn(await bodyOf(answer, MAX_TOKEN_BYTES, this.#patience.idle, signal), realm)
  }

  /** Passwords go there: without TLS only where the registry itself is spoken to so. */
  #realm(text: string): URL {
    const realm = URL.canParse(text) ? new URL(text) : null
    const { base, isInsecure } = this.#endpoint
    if (realm?.protocol === 'https:') return realm
    if (realm !== null && isInsecure && mayBePlain(realm, new URL(base))) return realm
    throw usageError(
      realm === null
        ? 'the registry does not say where its tokens are'
        : `the registry wants credentials sent to ${shownUrl(realm.href)}, which is not encrypted`,
      this.#endpoint.host,
      'ask its owner',
    )
  }
}

function basic({ user, password }: { user: string; password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** https://github.com/distribution/distribution/blob/main/docs/content/spec/auth/oauth.md */
function exchange(
  token: string,
  query: URLSearchParams,
): { headers: Record<string, string>; body: string } {
  const form = new URLSearchParams(query)
  form.set('grant_type', 'refresh_token')
  form.set('client_id', 'stella')
  form.set('refresh_token', token)
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  }
}

function withQuery(realm: URL, query: URLSearchParams): string {
  const url = new URL(realm)
  for (const [name, value] of query) if (value !== '') url.searchParams.set(name, value)
  return url.href
}

function tokenIn(body: Uint8Array | null, realm: URL): string {
  const answer = Token.safeParse(body === null ? null : jsonOrNull(Buffer.from(body).toString()))
  const token = answer.success ? (answer.data.token ?? answer.data.access_token ?? '') : ''
  // What is no token must not break out of its header.
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw unreachableError('it gives no token', shownUrl(realm.href), 'try again later')
}
