import * as z from 'zod/mini'
import { unreachableError, type StellaError } from '../../model/errors.ts'
import type { Observation } from '../../model/evidence.ts'
import { marathonJson } from '../../parsers/mesos/marathon-json.ts'
import type { Reader } from '../reader.ts'
import { callCluster } from './ask.ts'
import type { MarathonEndpoint } from './endpoint.ts'

const Place = z.object({
  host: z.nullish(z.string()),
  slaveId: z.nullish(z.string()),
})
const AppAnswer = z.object({
  app: z.object({
    id: z.string(),
    mem: z.number(),
    tasks: z._default(z.array(z.extend(Place, { id: z.string() })), []),
    lastTaskFailure: z.nullish(z.extend(Place, { taskId: z.string() })),
  }),
})

/** Where a task runs, or ran. */
export interface TaskPlace {
  taskId: string
  host: string | null
  slaveId: string | null
}

export interface FoundApp {
  observations: readonly Observation[]
  /** Those that live. */
  tasks: readonly TaskPlace[]
  /** The last that failed: Marathon remembers one. */
  failed: TaskPlace | null
}

/** An app with a thousand tasks is some hundred KiB. */
const MAX_APP_BYTES = 8 * 1024 * 1024
const EMBED = ['app.tasks', 'app.count', 'app.deployments', 'app.lastTaskFailure']

/**
 * What Marathon says of an app: its definition, its tasks, and how the last one failed.
 *
 * @throws StellaError (unreachable) where nothing is to be had of it
 */
export async function readApp(
  reader: Reader,
  server: MarathonEndpoint,
  id: string,
  signal: AbortSignal,
): Promise<FoundApp> {
  const path = `/v2/apps${id}?${EMBED.map((name) => `embed=${name}`).join('&')}`
  const answer = await callCluster(server, { path, signal, maxBytes: MAX_APP_BYTES })
  const where = server.url
  if (answer.outcome === 'away') {
    throw unreachableError(
      `Marathon cannot be asked: ${answer.says}`,
      where,
      'see that it runs, and --marathon or MARATHON_URL for its address',
      { cause: answer.cause },
    )
  }
  if (answer.outcome === 'elsewhere') {
    throw unreachableError(
      `what is named as Marathon leads to ${answer.origin}`,
      where,
      'name that address: no token is sent where it leads to',
    )
  }
  const parsed = AppAnswer.safeParse(jsonOf(answer.text))
  if (answer.status !== 200 || answer.truncated || !parsed.success) {
    throw refusal(answer.status, { id, where, truncated: answer.truncated })
  }
  const { app } = parsed.data
  const origin = { from: `${where}/v2/apps${id}`, readAt: reader.now(), source: null }
  return {
    observations: marathonJson.parse(answer.text, origin),
    tasks: app.tasks.map((task) => placeOf(task.id, task)),
    failed: app.lastTaskFailure ? placeOf(app.lastTaskFailure.taskId, app.lastTaskFailure) : null,
  }
}

function placeOf(taskId: string, { host, slaveId }: z.infer<typeof Place>): TaskPlace {
  return { taskId, host: host ?? null, slaveId: slaveId ?? null }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function refusal(
  status: number,
  { id, where, truncated }: { id: string; where: string; truncated: boolean },
): StellaError {
  if (status === 404) {
    return unreachableError(
      `Marathon has no app ${id}`,
      where,
      "see its apps with 'dcos marathon app list'; a pod of Marathon is none",
    )
  }
  if (status === 401 || status === 403) {
    return unreachableError(
      `Marathon refuses access (status ${status})`,
      where,
      'name a file with a token in STELLA_MARATHON_TOKEN_FILE, or log in anew (dcos auth login) for DCOS_ACS_TOKEN',
    )
  }
  if (truncated) {
    return unreachableError(
      `what Marathon says of ${id} is larger than 8 MiB`,
      where,
      'save it without its tasks and give it with --from',
    )
  }
  return status === 200
    ? unreachableError('what answers is no Marathon', where, 'name it as http://HOST:8080')
    : unreachableError(
        `Marathon answers with status ${status}`,
        where,
        'try again, or see the log of Marathon',
      )
}
