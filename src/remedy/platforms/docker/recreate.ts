/** Another container like it, but for what shall change; the old one is kept aside. */
import type { Change, FieldChange, FixStep, JsonObject } from '../../../model/fix.ts'
import type { Instant } from '../../../model/time.ts'
import { stringsAt } from '../../../parsers/json.ts'
import { environment, environmentChanges } from './environment.ts'
import type { Inspected } from './inspected.ts'
import { jsonAt } from './json.ts'
import { memoryChanges, memoryFor } from './memory.ts'
import { restartPolicy } from './moves.ts'
import { likeContainer } from './new-container.ts'
import { replacementSteps } from './replacement.ts'

export interface Recreation {
  steps: readonly FixStep[]
  changes: readonly FieldChange[]
}

/**
 * @param image the image's name, or its id where the name stands for another one by now
 */
export function recreation(
  where: string,
  old: { object: JsonObject; found: Inspected; image: string },
  change: Change,
  at: Instant,
): Recreation {
  const { object, found, image } = old
  const { body: same, networks } = likeContainer(object, image)
  const body = changed(same, found, change)
  return {
    steps: replacementSteps('docker', {
      where,
      found,
      body,
      networks,
      policy: restartPolicy(object),
      limitBytes: change.kind === 'limit' ? change.limitBytes : found.memory.Memory,
      at,
    }),
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
  return [...environmentChanges(stringsAt(object['Config'], 'Env'), change.set), ...fixed]
}

function textOf(host: JsonObject, key: string): string | null {
  const value = host[key] ?? null
  return value === null ? null : JSON.stringify(value)
}
