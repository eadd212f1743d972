/** Another container like it, but for what shall change; the old one is kept aside. */
import { quote } from '../../../advice/shell.ts'
import { redactText } from '../../../evidence/redact.ts'
import { isSecretName } from '../../../evidence/secret-name.ts'
import type { Change, FieldChange, FixStep, JsonObject } from '../../../model/fix.ts'
import type { Instant } from '../../../model/time.ts'
import { stringsAt } from '../../../parsers/json.ts'
import { died } from './inspected.ts'
import type { Inspected } from './inspected.ts'
import { jsonAt } from './json.ts'
import { memoryChanges, memoryFor } from './memory.ts'
import { restartPolicy } from './moves.ts'
import type { Move } from './moves.ts'
import { likeContainer } from './new-container.ts'

export interface Recreation {
  steps: readonly FixStep[]
  changes: readonly FieldChange[]
}

/**
 * The new container is made and connected before the old one is stopped: what can fail, fails while nothing has happened.
 *
 * @param image the image's name, or its id where the name stands for another one by now
 */
export function recreation(
  where: string,
  old: { object: JsonObject; found: Inspected; image: string },
  change: Change,
  at: Instant,
): Recreation {
  const { object, found, image } = old
  const { id, name } = found
  const stamp = new Date(at).toISOString().replace(/[-:]/g, '').replace(/\..*/, '')
  const aside = `${name}-before-fix-${stamp}`
  const waiting = `${name}-after-fix-${stamp}`
  const like = likeContainer(object, image)
  const body = changed(like.body, found, change)
  const runs = found.running || died(found)
  const limitBytes = change.kind === 'limit' ? change.limitBytes : found.memory.Memory
  const step = (move: Move, says: string, command: string | null): FixStep => ({
    id: move.move,
    says,
    command,
    data: { ...move },
  })
  return {
    steps: [
      step(
        {
          move: 'create',
          where,
          id,
          waiting,
          body,
          networks: [...like.networks],
          command: [...found.command],
        },
        `make ${waiting} like ${name}, with the change`,
        null,
      ),
      step(
        { move: 'policy', where, id, before: restartPolicy(object) },
        `let nothing but stella start the old ${name}`,
        `docker update --restart no ${quote(name)}`,
      ),
      ...(found.running
        ? [step({ move: 'stop', where, id }, `stop ${name}`, `docker stop ${quote(name)}`)]
        : []),
      step(
        { move: 'swap-names', where, id, name, aside, waiting },
        `rename the old one to ${aside} and give ${name} to the new one`,
        `docker rename ${quote(name)} ${quote(aside)} && docker rename ${quote(waiting)} ${quote(name)}`,
      ),
      ...(runs
        ? [
            step(
              { move: 'start', where, container: name, aside: id, limitBytes },
              `start the new ${name}`,
              `docker start ${quote(name)}`,
            ),
          ]
        : []),
    ],
    changes: changesOf(object, body, found, change),
  }
}

function changed(body: JsonObject, found: Inspected, change: Change): JsonObject {
  if (change.kind === 'environment') {
    return { ...body, Env: environment(stringsAt(body, 'Env'), change.set) }
  }
  if (change.kind !== 'limit') return body
  const memory = memoryFor(found.memory, change.limitBytes)
  return { ...body, HostConfig: { ...jsonAt(body, 'HostConfig'), ...memory } }
}

/** In the order they had, new ones at the end. */
function environment(env: readonly string[], set: Readonly<Record<string, string>>): string[] {
  const nameOf = (entry: string): string => entry.split('=', 1)[0] ?? ''
  const known = new Set(env.map(nameOf))
  return [
    ...env.map((entry) => {
      const value = set[nameOf(entry)]
      return value === undefined ? entry : `${nameOf(entry)}=${value}`
    }),
    ...Object.entries(set)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => `${name}=${value}`),
  ]
}

function changesOf(
  object: JsonObject,
  body: JsonObject,
  found: Inspected,
  change: Change,
): FieldChange[] {
  const host = jsonAt(object, 'HostConfig')
  const newHost = jsonAt(body, 'HostConfig')
  const fixed = ['Binds', 'Mounts', 'PortBindings'].flatMap((key): FieldChange[] => {
    const before = textOf(host, key)
    const after = textOf(newHost, key)
    return before === after ? [] : [{ field: `HostConfig.${key}`, before, after }]
  })
  if (change.kind === 'limit') {
    return [...memoryChanges(found.memory, memoryFor(found.memory, change.limitBytes)), ...fixed]
  }
  if (change.kind !== 'environment') return fixed
  const now = new Map(
    stringsAt(object['Config'], 'Env').map((entry): [string, string] => {
      const [name = ''] = entry.split('=', 1)
      return [name, entry.slice(name.length + 1)]
    }),
  )
  const variables = Object.entries(change.set).map(([name, value]) => ({
    field: `Config.Env.${name}`,
    before: shown(name, now.get(name) ?? null),
    after: shown(name, value),
  }))
  return [...variables.filter(({ before, after }) => before !== after), ...fixed]
}

function textOf(host: JsonObject, key: string): string | null {
  const value = host[key] ?? null
  return value === null ? null : JSON.stringify(value)
}

function shown(name: string, value: string | null): string | null {
  if (value === null) return null
  return isSecretName(name) ? '[redacted]' : redactText(value)
}
