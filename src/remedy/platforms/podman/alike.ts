/** Whether a container is like another one, option by option. */
import type { Json, JsonObject } from '../../../model/fix.ts'
import { textField } from '../../../parsers/json-fields.ts'
import { stringsAt } from '../../../parsers/json.ts'
import { conflict } from '../../conflict.ts'
import { isObject, jsonAt } from '../docker/json.ts'

/** Podman fills these in with a start, or they are what the plan changes. */
const CONFIG_BESIDE = new Set(['Annotations', 'CreateCommand', 'Env', 'Hostname'])
const HOST_BESIDE = new Set(['Memory', 'MemorySwap', 'MemoryReservation', 'Binds', 'LogConfig'])
const ENV_BESIDE = new Set(['HOSTNAME', 'HOME', 'TERM', 'container'])

/** All options of an inspected container, in a form that can be compared. */
export function options(object: JsonObject): JsonObject {
  const config = jsonAt(object, 'Config')
  const networks = jsonAt(jsonAt(object, 'NetworkSettings'), 'Networks')
  const id = (textField(object, 'Id') ?? '').slice(0, 12)
  const hostname = textField(config, 'Hostname')
  return {
    config: without(config, CONFIG_BESIDE),
    host: without(jsonAt(object, 'HostConfig'), HOST_BESIDE),
    log: textField(object, 'HostConfig', 'LogConfig', 'Type'),
    binds: stringsAt(jsonAt(object, 'HostConfig'), 'Binds').toSorted(),
    hostname: hostname === id ? null : hostname,
    capabilities: stringsAt(object, 'EffectiveCaps').toSorted(),
    networks: Object.fromEntries(
      Object.entries(networks).map(([name, endpoint]) => [
        name,
        stringsAt(endpoint, 'Aliases').filter((alias) => alias !== id),
      ]),
    ),
    env: variables(stringsAt(config, 'Env')),
    image: textField(object, 'Image'),
  }
}

/** @throws StellaError naming the first option that differs; no value, for it may be a secret */
export function checkAlike(expected: JsonObject, object: JsonObject): void {
  const path = difference(expected, options(object), '')
  if (path === null) return
  throw conflict(
    `the new container would not be like the old one: ${path} differs`,
    null,
    'make it anew by hand',
  )
}

function difference(one: Json, other: Json, path: string): string | null {
  if (!isObject(one) || !isObject(other)) {
    return JSON.stringify(one) === JSON.stringify(other) ? null : path
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const at = path === '' ? key : `${path}.${key}`
    const found = difference(one[key] ?? null, other[key] ?? null, at)
    if (found !== null) return found
  }
  return null
}

function variables(env: readonly string[]): JsonObject {
  const pairs = env.map((entry): [string, string] => {
    const [name = ''] = entry.split('=', 1)
    return [name, entry.slice(name.length + 1)]
  })
  return Object.fromEntries(pairs.filter(([name]) => !ENV_BESIDE.has(name)))
}

function without(value: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)))
}

/** The same with variables set. */
export function withVariables(like: JsonObject, set: Readonly<Record<string, string>>): JsonObject {
  return { ...like, env: { ...jsonAt(like, 'env'), ...set } }
}
