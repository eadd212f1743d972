/** The calls that change containers, and how they are made over the Docker Engine API. */
import * as z from 'zod/mini'
import { redactText } from '../../../evidence/redact.ts'
import { EXIT, StellaError, unreachableError } from '../../../model/errors.ts'
import type { Json, JsonObject } from '../../../model/fix.ts'
import { textField } from '../../../parsers/json-fields.ts'
import { dockerEndpoints } from '../../../sources/docker/endpoint.ts'
import type { Endpoint } from '../../../sources/docker/endpoint.ts'
import { MAX_ANSWER_BYTES } from '../../../sources/docker/engine.ts'
import { httpCall } from '../../../sources/docker/http.ts'
import { errorCode } from '../../../model/error-code.ts'
import { errorMessage } from '../../../model/error-message.ts'
import type { Reader } from '../../../sources/reader.ts'

export interface ContainerApi {
  /** `unix:///var/run/docker.sock`, or the program. */
  where: string
  /** Null: there is none. */
  inspect(container: string): Promise<JsonObject | null>
  /** The id that an image's name stands for now; null: for none. */
  imageId(name: string): Promise<string | null>
  /** Makes a container without starting it and gives its id. */
  create(name: string, body: JsonObject): Promise<string>
  connect(network: string, body: JsonObject): Promise<void>
  update(id: string, body: JsonObject): Promise<void>
  rename(id: string, name: string): Promise<void>
  start(id: string): Promise<void>
  /** With its own signal; `seconds` is what it is given by its own setting before it is killed. */
  stop(id: string, seconds: number): Promise<void>
  /** Its volumes are kept. */
  remove(id: string): Promise<void>
}

const READ_MS = 30_000
const MOVE_MS = 120_000

/** The daemon that was spoken to before, whatever the environment says by now. */
export function dockerAt(reader: Reader, where: string): ContainerApi {
  const [endpoint] = dockerEndpoints({ ...reader, env: { ...reader.env, DOCKER_HOST: where } })
  if (endpoint !== undefined) return dockerApi(reader, endpoint)
  throw unreachableError(
    'the address of the Docker daemon cannot be used',
    where,
    'set DOCKER_HOST',
  )
}

/**
 * The first daemon that knows the container.
 *
 * @throws StellaError where none does, or none answers
 */
export async function findContainer(
  reader: Reader,
  name: string,
): Promise<{ api: ContainerApi; found: JsonObject }> {
  let problem: unknown = null
  for (const endpoint of dockerEndpoints(reader)) {
    const api = dockerApi(reader, endpoint)
    try {
      const found = await api.inspect(name)
      if (found !== null) return { api, found }
    } catch (error) {
      problem ??= error
    }
  }
  if (problem !== null) throw problem
  throw unreachableError(`there is no container ${name}`, null, 'see docker ps --all')
}

/**
 * A move is not cut short by an interruption: what was begun is finished, so that it is known what is to be taken back.
 */
function dockerApi(reader: Reader, endpoint: Endpoint): ContainerApi {
  const { where } = endpoint
  const call = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { body = null, timeoutMs = MOVE_MS }: { body?: JsonObject | null; timeoutMs?: number } = {},
  ): Promise<{ status: number; text: string }> => {
    const text = body === null ? null : JSON.stringify(body)
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const query = { method, path, body: text, signal, maxBytes: MAX_ANSWER_BYTES }
      const answer = await httpCall(reader, endpoint, query)
      return { status: answer.status, text: new TextDecoder().decode(answer.body) }
    } catch (error) {
      throw noAnswer(where, error)
    }
  }
  const look = async (path: string): Promise<JsonObject | null> => {
    const answer = await call('GET', path, { timeoutMs: READ_MS })
    if (answer.status === 404) return null
    if (answer.status !== 200) throw refused(path, answer)
    return parsed(answer.text)
  }
  const move = async (path: string, options: Parameters<typeof call>[2] = {}): Promise<string> => {
    const answer = await call('POST', path, options)
    // 304: a container that runs already was started, or one that is stopped was stopped.
    if (answer.status >= 400) throw refused(path, answer)
    return answer.text
  }
  const container = (id: string): string => `/containers/${encodeURIComponent(id)}`
  return {
    where,
    inspect: (id) => look(`${container(id)}/json`),
    imageId: async (name) =>
      textField(
        await look(`/images/${name.split('/').map(encodeURIComponent).join('/')}/json`),
        'Id',
      ),
    create: async (name, body) => {
      const path = `/containers/create?name=${encodeURIComponent(name)}`
      return textField(parsed(await move(path, { body })), 'Id') ?? name
    },
    connect: async (network, body) => {
      await move(`/networks/${encodeURIComponent(network)}/connect`, { body })
    },
    update: async (id, body) => {
      await move(`${container(id)}/update`, { body })
    },
    rename: async (id, name) => {
      await move(`${container(id)}/rename?name=${encodeURIComponent(name)}`)
    },
    start: async (id) => {
      await move(`${container(id)}/start`)
    },
    stop: async (id, seconds) => {
      await move(`${container(id)}/stop`, { timeoutMs: MOVE_MS + seconds * 1_000 })
    },
    remove: async (id) => {
      const path = `${container(id)}?force=true`
      const answer = await call('DELETE', path)
      if (answer.status >= 400 && answer.status !== 404) throw refused(path, answer)
    },
  }
}

const Answer: z.ZodMiniType<JsonObject> = z.record(z.string(), z.json())

function parsed(text: string): JsonObject {
  const read = Answer.safeParse(jsonOrNull(text))
  if (read.success) return read.data
  throw unreachableError('the Docker daemon answers with no JSON', null, 'ask it with docker info')
}

function jsonOrNull(text: string): Json {
  try {
    return z.json().parse(JSON.parse(text))
  } catch {
    return null
  }
}

function refused(path: string, { status, text }: { status: number; text: string }): StellaError {
  const said = textField(jsonOrNull(text), 'message') ?? `status ${status}`
  return new StellaError({
    exitCode: EXIT.unreachable,
    what: `Docker refuses: ${redactText(said.replace(/\s+/g, ' ').trim()).slice(0, 500)}`,
    where: path,
    todo: 'mend what it names and try again',
  })
}

function noAnswer(where: string, error: unknown): StellaError {
  const code = errorCode(error)
  if (code === 'EACCES' || code === 'EPERM') {
    const todo = 'run stella as root, or as a member of the group docker'
    return unreachableError('the socket of Docker may not be opened', where, todo, { cause: error })
  }
  const said = errorMessage(error)
  return unreachableError(
    `the Docker daemon does not answer: ${said}`,
    where,
    'start the daemon, or name another one with DOCKER_HOST',
    { cause: error },
  )
}
