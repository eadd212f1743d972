/** The command that makes another container like one, with a change. */
import { isSecretName } from '../../../evidence/secret-name.ts'
import type { Change, JsonObject } from '../../../model/fix.ts'
import { textField } from '../../../parsers/json-fields.ts'
import { stringsAt } from '../../../parsers/json.ts'
import { memoryFor } from '../docker/memory.ts'
import type { Inspected } from '../docker/inspected.ts'
import { isObject, jsonAt, listAt } from '../docker/json.ts'
import { inMegabytes } from '../docker/words.ts'
import { options as optionsOf, withVariables } from './alike.ts'
import { createWords } from './command-line.ts'
import type { RunCommand } from './command-line.ts'

type Option = RunCommand['options'][number]

/** They are of the first start alone, or would stand in the way. */
const DROPPED = new Set([
  'detach',
  'detach-keys',
  'sig-proxy',
  'name',
  'replace',
  'cidfile',
  'pull',
  'publish',
  'publish-all',
])
const MEMORY = new Set(['memory', 'memory-swap', 'memory-reservation'])

export function likeContainer(
  object: JsonObject,
  { found, made, image }: { found: Inspected; made: RunCommand; image: string },
  change: Change,
): JsonObject {
  const env: Record<string, string> = {}
  const kept = made.options
    .filter(({ name }) => !DROPPED.has(name) && !(change.kind === 'limit' && MEMORY.has(name)))
    .flatMap((option) => variable(option, object, env))
    .map((option) => namedVolume(option, object))
  const options = [
    ...kept,
    ...imageVolumes(object, kept),
    ...ports(object),
    ...changed(found, change),
  ]
  const [, ...words] = createWords({ ...made, program: [], options, image })
  const like = optionsOf(object)
  return {
    program: [...made.program],
    words,
    env,
    like: change.kind === 'environment' ? withVariables(like, change.set) : like,
  }
}

function changed(found: Inspected, change: Change): Option[] {
  if (change.kind === 'environment') {
    return Object.entries(change.set).map(([name, value]) => ({
      name: 'env',
      value: `${name}=${value}`,
    }))
  }
  if (change.kind !== 'limit') return []
  const { MemorySwap: swap, MemoryReservation: reservation } = memoryFor(
    found.memory,
    change.limitBytes,
  )
  return [
    { name: 'memory', value: inMegabytes(change.limitBytes) },
    { name: 'memory-swap', value: swap === -1 ? '-1' : inMegabytes(swap) },
    ...(reservation > 0 ? [{ name: 'memory-reservation', value: inMegabytes(reservation) }] : []),
  ]
}

/** `--env NAME` took the value of whoever made it: the value is what the container has. A secret goes by our environment. */
function variable(option: Option, object: JsonObject, env: Record<string, string>): Option[] {
  const { name, value } = option
  if (name !== 'env' || value === null || value.includes('=')) return [option]
  const wanted = value.endsWith('*') ? value.slice(0, -1) : null
  return stringsAt(jsonAt(object, 'Config'), 'Env').flatMap((entry): Option[] => {
    const [variableName = ''] = entry.split('=', 1)
    const asked = wanted === null ? variableName === value : variableName.startsWith(wanted)
    if (!asked) return []
    if (!isSecretName(variableName)) return [{ name: 'env', value: entry }]
    env[variableName] = entry.slice(variableName.length + 1)
    return [{ name: 'env', value: variableName }]
  })
}

/** A volume without a name of its own would be made anew, and be empty. */
function namedVolume(option: Option, object: JsonObject): Option {
  const { name, value } = option
  if (name === 'volume' && value !== null && !value.includes(':')) {
    const volume = volumeAt(object, value)
    return volume === null ? option : { name, value: `${volume}:${value}` }
  }
  if (name === 'mount' && value !== null && /(?:^|,)type=volume(?:,|$)/.test(value)) {
    if (/(?:^|,)(?:src|source)=/.test(value)) return option
    const volume = volumeAt(object, destinationOf(option) ?? '')
    return volume === null ? option : { name, value: `${value},source=${volume}` }
  }
  return option
}

/** Volumes that the image asks for. */
function imageVolumes(object: JsonObject, options: readonly Option[]): Option[] {
  const named = new Set(options.map(destinationOf))
  return volumes(object)
    .filter(({ destination }) => !named.has(destination))
    .map(({ name, destination }) => ({ name: 'volume', value: `${name}:${destination}` }))
}

function destinationOf({ name, value }: Option): string | null {
  if (value === null) return null
  if (name === 'volume') return value.split(':')[1] ?? value
  if (name !== 'mount') return null
  return /(?:^|,)(?:dst|destination|target)=([^,]+)/.exec(value)?.[1] ?? null
}

function volumeAt(object: JsonObject, place: string): string | null {
  return volumes(object).find(({ destination }) => destination === place)?.name ?? null
}

function volumes(object: JsonObject): { name: string; destination: string }[] {
  return listAt(object, 'Mounts')
    .filter(isObject)
    .filter((mount) => mount['Type'] === 'volume')
    .map((mount) => ({
      name: textField(mount, 'Name') ?? '',
      destination: textField(mount, 'Destination') ?? '',
    }))
}

/** As they are, those that Podman chose too: others may have learned them. */
function ports(object: JsonObject): Option[] {
  const bindings = Object.entries(jsonAt(jsonAt(object, 'HostConfig'), 'PortBindings'))
  return bindings.flatMap(([port, list]) =>
    (Array.isArray(list) ? list : []).filter(isObject).map((binding) => {
      const address = textField(binding, 'HostIp')
      const ip = address?.includes(':') === true ? `[${address}]` : address
      const hostPort = textField(binding, 'HostPort') ?? ''
      return { name: 'publish', value: [...(ip === null ? [] : [ip]), hostPort, port].join(':') }
    }),
  )
}
