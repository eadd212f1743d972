import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** What visitors of a service have seen. */
export interface Visit {
  /** The cookie of each who was signed in, by user. */
  cookies: Map<string, string>
  /** Requests that had no answer. */
  failed: number
  /** Those that were told to come again, and did. */
  refused: number
  /** How long each answered request took, in milliseconds. */
  tookMs: number[]
}

interface Answer {
  status: number
  body: string
  cookie: string | null
  retryAfterMs: number
}

export interface Patience {
  /** Goes on after a connection that broke; else that is the end. */
  goesOn: boolean
  /** So often a visitor comes again who is refused. */
  tries: number
}

/** Signs so many users in, some at once; who is refused waits for as long as it is told. */
export async function signIn(
  port: number,
  users: number,
  atOnce: number,
  { goesOn, tries }: Patience = { goesOn: false, tries: 60 },
): Promise<Visit> {
  const visit: Visit = { cookies: new Map(), failed: 0, refused: 0, tookMs: [] }
  const agent = agentFor(atOnce)
  const waiting = Array.from({ length: users }, (_, user) => String(user)).values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const user of waiting) {
        const path = `/login?user=${user}`
        const answer = await patient(visit, tries, () => ask(agent, port, path, null))
        if (answer?.cookie) visit.cookies.set(user, answer.cookie)
        if (visit.failed > 0 && !goesOn) return
      }
    }),
  )
  agent.destroy()
  return visit
}

/** How many of those who were signed in are still known, asked for until somebody has no answer. */
export async function known(
  port: number,
  { cookies }: Visit,
  atOnce: number,
  tries = 60,
): Promise<number> {
  const visit: Visit = { cookies, failed: 0, refused: 0, tookMs: [] }
  const agent = agentFor(atOnce)
  const users = [...cookies].values()
  let found = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [user, cookie] of users) {
        const answer = await patient(visit, tries, () => ask(agent, port, '/me', cookie))
        if (answer === null) return
        if (answer.body === user) found += 1
      }
    }),
  )
  agent.destroy()
  return found
}

async function patient(
  visit: Visit,
  tries: number,
  send: () => Promise<Answer>,
): Promise<Answer | null> {
  for (let at = 0; at < tries; at++) {
    const begun = performance.now()
    let answer: Answer
    try {
      answer = await send()
    } catch {
      visit.failed += 1
      return null
    }
    if (answer.status !== 503) {
      visit.tookMs.push(performance.now() - begun)
      if (answer.status !== 200) visit.failed += 1
      return answer
    }
    visit.refused += 1
    await sleep(answer.retryAfterMs)
  }
  visit.failed += 1
  return null
}

/** A connection for each request: a server that stood still for long closes kept ones with a request in them. */
function agentFor(atOnce: number): Agent {
  return new Agent({ maxSockets: atOnce })
}

async function ask(
  agent: Agent,
  port: number,
  path: string,
  cookie: string | null,
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const headers = cookie === null ? {} : { cookie }
    get({ agent, host: '127.0.0.1', port, path, headers, timeout: 20_000 }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body,
          cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? null,
          retryAfterMs: Number(response.headers['retry-after'] ?? 1) * 1_000,
        }),
      )
      response.on('error', reject)
    }).on('error', reject)
  })
}
