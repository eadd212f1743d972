import * as z from 'zod/mini'
import { unreachableError, type StellaError } from '../../../model/errors.ts'
import { callCluster, type ClusterAnswer } from '../../../sources/marathon/ask.ts'
import { marathonEndpoint, type ClusterServer } from '../../../sources/marathon/endpoint.ts'
import { conflict } from '../../conflict.ts'
import type { Hands } from '../../driver.ts'

const Limit = z.union([z.number(), z.literal('unlimited')])
/** A value is text, or names a secret of the cluster. */
const Variables = z.record(z.string(), z.json())
const ResourceLimits = z.object({ cpus: z.optional(Limit), mem: z.optional(Limit) })

/** As much of an app as a fix needs (https://mesosphere.github.io/marathon/api-console/index.html). */
const App = z.object({
  id: z.string(),
  mem: z.number(),
  version: z.string(),
  cmd: z.nullish(z.string()),
  args: z.nullish(z.array(z.string())),
  env: z.nullish(Variables),
  resourceLimits: z.nullish(ResourceLimits),
  executorResources: z.nullish(z.object({ mem: z.optional(z.number()) })),
  instances: z.optional(z.number()),
  container: z.nullish(
    z.object({
      type: z.optional(z.string()),
      docker: z.nullish(z.object({ image: z.optional(z.string()) })),
    }),
  ),
  lastTaskFailure: z.nullish(
    z.object({
      taskId: z.optional(z.string()),
      message: z.optional(z.string()),
      version: z.optional(z.string()),
    }),
  ),
})
export type App = z.infer<typeof App>

/** Fields of an app; those that are not named stay as they are. */
export const Fields = z.object({
  mem: z.optional(z.number()),
  resourceLimits: z.optional(ResourceLimits),
  env: z.optional(Variables),
})
export type Fields = z.infer<typeof Fields>

const AppAnswer = z.object({ app: App })
const Change = z.object({ version: z.string(), deploymentId: z.string() })
export type Change = z.infer<typeof Change>
const Deployments = z.array(z.object({ id: z.string(), affectedApps: z.array(z.string()) }))
export type Deployment = z.infer<typeof Deployments>[number]
const Refusal = z.object({
  message: z.optional(z.string()),
  deployments: z.optional(z.array(z.object({ id: z.string() }))),
  details: z.optional(z.array(z.object({ errors: z.optional(z.array(z.string())) }))),
})

export interface Marathon {
  /** Its address, without credentials. */
  where: string
  /** @throws StellaError where there is no such app */
  app(id: string): Promise<App>
  /** Never by force: an app that another deployment holds is left to it. */
  update(id: string, fields: Fields): Promise<Change>
  deployments(): Promise<readonly Deployment[]>
  /** Marathon goes back to the state before the deployment; null: it has ended already. */
  cancel(deployment: string): Promise<Change | null>
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024
/** Marathon answers a change when it is stored: seconds, where its ZooKeeper is slow. */
const CALL_MS = 30_000

/**
 * @param made where a change was made that is gone on with, or taken back; null: it is about to be planned
 * @throws StellaError where it is not known where Marathon is, or where it is another one
 */
export async function openMarathon(hands: Hands, made: string | null): Promise<Marathon> {
  const server = await marathonEndpoint(hands)
  if (made !== null && made !== server.url) {
    throw conflict(
      `the change was made at ${made}, and this is ${server.url}: say it with --marathon ${made}`,
      null,
      'name the Marathon that has the app',
    )
  }
  const ask = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object) =>
    call(server, hands, { method, path, ...(body === undefined ? {} : { body }) })
  return {
    where: server.url,
    async app(id) {
      const answer = await ask('GET', `/v2/apps${id}?embed=app.lastTaskFailure`)
      if (answer.status === 404) {
        throw unreachableError(
          'Marathon has no such app',
          id,
          'see the apps with dcos marathon app list',
        )
      }
      return accepted(answer, AppAnswer).app
    },
    async update(id, fields) {
      return accepted(await ask('PUT', `/v2/apps${id}`, fields), Change)
    },
    async deployments() {
      return accepted(await ask('GET', '/v2/deployments'), Deployments)
    },
    async cancel(deployment) {
      const answer = await ask('DELETE', `/v2/deployments/${encodeURIComponent(deployment)}`)
      return answer.status === 404 ? null : accepted(answer, Change)
    },
  }
}

interface Answer {
  status: number
  json: unknown
  path: string
}

async function call(
  server: ClusterServer,
  { signal }: Hands,
  request: { method: 'GET' | 'PUT' | 'DELETE'; path: string; body?: object },
): Promise<Answer> {
  const answer = await callCluster(server, {
    ...request,
    signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]),
    maxBytes: MAX_ANSWER_BYTES,
  })
  signal.throwIfAborted()
  if (answer.outcome === 'answered') {
    return { status: answer.status, json: jsonOf(answer.text), path: request.path }
  }
  throw silent(answer, server.url)
}

function silent(answer: Exclude<ClusterAnswer, { outcome: 'answered' }>, url: string): StellaError {
  return answer.outcome === 'elsewhere'
    ? unreachableError(
        `what is named as Marathon leads to ${answer.origin}`,
        url,
        'name that address: no token is sent where it leads to',
      )
    : unreachableError('Marathon does not answer', url, 'see --marathon or MARATHON_URL', {
        cause: answer.cause,
      })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function accepted<T>({ status, json, path }: Answer, schema: z.ZodMiniType<T>): T {
  if (status === 409) throw locked(json, path)
  const parsed = schema.safeParse(json)
  if (status >= 200 && status < 300 && parsed.success) return parsed.data
  if (status === 401 || status === 403) {
    throw unreachableError(
      `Marathon refuses access (${status})`,
      path,
      'name a file with a token that may change the app in STELLA_MARATHON_TOKEN_FILE',
    )
  }
  const { message, details } = Refusal.safeParse(json).data ?? {}
  const more = details?.flatMap(({ errors }) => errors ?? []).join(', ') ?? ''
  const says = [message, more].filter((part) => part !== undefined && part !== '').join(': ')
  throw unreachableError(
    `Marathon answers ${status}${says === '' ? '' : `: ${says.slice(0, 200)}`}`,
    path,
    'see the log of Marathon',
  )
}

function locked(json: unknown, path: string): StellaError {
  const ids = (Refusal.safeParse(json).data?.deployments ?? []).map(({ id }) => id)
  const holder = ids.length === 0 ? 'another deployment' : `the deployment ${ids.join(', ')}`
  return conflict(
    `${holder} holds the app`,
    path,
    'wait until it has ended (dcos marathon deployment list), then try again',
  )
}
