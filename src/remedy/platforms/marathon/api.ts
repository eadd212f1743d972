import * as z from 'zod/mini'
import { unreachableError, type StellaError } from '../../../model/errors.ts'
import type { Hands } from '../../driver.ts'
import { conflict } from '../../conflict.ts'
import { marathonEndpoint } from './endpoint.ts'

/** As much of an app as a fix needs (https://mesosphere.github.io/marathon/api-console/index.html). */
const App = z.object({
  id: z.string(),
  mem: z.number(),
  version: z.string(),
  cmd: z.nullish(z.string()),
  args: z.nullish(z.array(z.string())),
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

const AppAnswer = z.object({ app: App })
const Change = z.object({ version: z.string(), deploymentId: z.string() })
export type Change = z.infer<typeof Change>
const Deployments = z.array(z.object({ id: z.string(), affectedApps: z.array(z.string()) }))
export type Deployment = z.infer<typeof Deployments>[number]
const Locked = z.object({
  message: z.optional(z.string()),
  deployments: z.optional(z.array(z.object({ id: z.string() }))),
})

export interface Marathon {
  /** @throws StellaError where there is no such app */
  app(id: string): Promise<App>
  /** Gives the app another `mem`, in MiB; everything else stays. */
  setMem(id: string, mem: number): Promise<Change>
  deployments(): Promise<readonly Deployment[]>
  /** Marathon goes back to the state before the deployment; null: it has ended already. */
  cancel(deployment: string): Promise<Change | null>
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024

export async function openMarathon(hands: Hands): Promise<Marathon> {
  const { url, authorization } = await marathonEndpoint(hands)
  const ask = async (method: string, path: string, body?: object): Promise<Answer> => {
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        signal: hands.signal,
        // A redirect would carry the token elsewhere.
        redirect: 'error',
        headers: {
          accept: 'application/json',
          ...(authorization === null ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, json: await jsonOf(response), path }
    } catch (error) {
      hands.signal.throwIfAborted()
      throw unreachableError('Marathon does not answer', url, 'see MARATHON_URL', {
        cause: error,
      })
    }
  }
  return {
    async app(id) {
      const answer = await ask('GET', `/v2/apps${id}`)
      if (answer.status === 404) {
        throw unreachableError(
          'Marathon has no such app',
          id,
          'see the apps with dcos marathon app list',
        )
      }
      return accepted(answer, AppAnswer).app
    },
    async setMem(id, mem) {
      return accepted(await ask('PUT', `/v2/apps${id}`, { mem }), Change)
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

async function jsonOf(response: Response): Promise<unknown> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_ANSWER_BYTES) break
  }
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
  const { message } = Locked.safeParse(json).data ?? {}
  throw unreachableError(
    `Marathon answers ${status}${message === undefined ? '' : `: ${message.slice(0, 200)}`}`,
    path,
    'see the log of Marathon',
  )
}

function locked(json: unknown, path: string): StellaError {
  const ids = (Locked.safeParse(json).data?.deployments ?? []).map(({ id }) => id)
  const holder = ids.length === 0 ? 'another deployment' : `the deployment ${ids.join(', ')}`
  return conflict(
    `${holder} holds the app`,
    path,
    'wait until it has ended (dcos marathon deployment list), then try again',
  )
}
