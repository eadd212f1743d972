/** The calls that change containers, made by the program podman: it is there also where its API does not run. */
import * as z from 'zod/mini'
import { redactText } from '../../../evidence/redact.ts'
import { EXIT, StellaError, unreachableError, usageError } from '../../../model/errors.ts'
import type { JsonObject } from '../../../model/fix.ts'
import { textField } from '../../../parsers/json-fields.ts'
import { MAX_ANSWER_BYTES } from '../../../sources/docker/engine.ts'
import type { Reader } from '../../../sources/reader.ts'
import type { RunResult } from '../../../sources/run.ts'
import type { ContainerApi } from '../docker/api.ts'
import { checkAlike } from './alike.ts'

const Any: z.ZodMiniType<JsonObject> = z.record(z.string(), z.json())
/** A step's `body`. */
const NewContainer = z.object({
  program: z.array(z.string()),
  /** What stands behind `create`, but for the name. */
  words: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  /** How it has to look. */
  like: Any,
})

const Objects: z.ZodMiniType<readonly JsonObject[]> = z.array(Any)
const MOVE_MS = 120_000

export function podmanApi(reader: Reader): ContainerApi {
  const run = (argv: readonly string[], { env = {}, timeoutMs = MOVE_MS } = {}) =>
    reader.run(argv, {
      signal: AbortSignal.timeout(timeoutMs),
      maxBytes: MAX_ANSWER_BYTES,
      env: { ...reader.env, ...env },
    })
  const move = async (...args: string[]): Promise<void> => {
    const result = await run(['podman', ...args])
    if (result.exitCode !== 0) throw refused(args[0] ?? '', result)
  }
  const api: ContainerApi = {
    where: 'podman',
    inspect: async (name) => {
      const result = await run(['podman', 'inspect', '--type=container', '--', name])
      if (result.exitCode === 0) return Objects.parse(JSON.parse(result.stdout))[0] ?? null
      if (/no such (?:container|object)/i.test(result.stderr)) return null
      throw refused('inspect', result)
    },
    imageId: async (name) => {
      const result = await run(['podman', 'image', 'inspect', '--format={{.Id}}', '--', name])
      return result.exitCode === 0 ? result.stdout.trim() : null
    },
    create: async (name, body) => {
      const { program, words, env, like } = NewContainer.parse(body)
      const result = await run([...program, 'create', `--name=${name}`, ...words], { env })
      if (result.exitCode !== 0) throw refused('create', result)
      checkAlike(like, (await api.inspect(name)) ?? {})
      return result.stdout.trim()
    },
    rename: (id, name) => move('rename', id, name),
    start: async (id) => {
      const folder = textField((await api.inspect(id)) ?? {}, 'StaticDir')
      const result = await run([...(folder === null ? [] : beside(folder)), 'podman', 'start', id])
      if (result.exitCode !== 0) throw refused('start', result)
    },
    stop: async (id, seconds) => {
      const result = await run(['podman', 'stop', id], { timeoutMs: MOVE_MS + seconds * 1_000 })
      if (result.exitCode !== 0) throw refused('stop', result)
    },
    remove: (id) => move('rm', '--force', '--time=0', id),
    connect: () => Promise.reject(notOfPodman()),
    update: () => Promise.reject(notOfPodman()),
  }
  return api
}

/**
 * What runs a program beside a container's own folder; where that is, as with a Podman on another machine, not here, it runs
 * where we are. conmon leaves an empty file `oom` where it was started when the container runs out of memory: there it is gone
 * with the container. In the folder itself, Podman would take it for its flag from then on. conmon(8), src/oom.c
 */
function beside(folder: string): readonly string[] {
  return ['sh', '-c', 'cd -- "$0/.." 2>/dev/null; exec "$@"', folder]
}

/** The line with the error: warnings may stand around it. */
function refused(verb: string, { outcome, stderr }: RunResult): StellaError {
  if (outcome === 'missing') {
    return unreachableError('the program podman is not installed', null, 'install it')
  }
  if (outcome === 'aborted') {
    return unreachableError(`podman ${verb} did not end in time`, null, 'see podman ps --all')
  }
  const lines = stderr.trim().split('\n')
  const line = lines.findLast((one) => one.startsWith('Error:')) ?? lines.at(-1) ?? ''
  return new StellaError({
    exitCode: EXIT.unreachable,
    what: `podman ${verb} fails: ${redactText(line.replace(/^Error: /, '')).slice(0, 500)}`,
    todo: 'mend what it names and try again',
  })
}

function notOfPodman(): StellaError {
  return usageError('Podman has no such call', null, 'make the container anew')
}
