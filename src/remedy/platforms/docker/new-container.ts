/** Out of what `inspect` says of a container, the call that makes another one like it. */
import type { Json, JsonObject } from '../../../model/fix.ts'
import { isRecord, textField } from '../../../parsers/json-fields.ts'
import { isObject, jsonAt, listAt } from './json.ts'

export interface NewContainer {
  body: JsonObject
  /** Networks to connect it to before it starts; the first one is in the body. */
  networks: readonly { network: string; body: JsonObject }[]
}

/** @param image what to run: the name, or the id where the name stands for another image by now */
export function likeContainer(object: JsonObject, image: string): NewContainer {
  const config = jsonAt(object, 'Config')
  const host = jsonAt(object, 'HostConfig')
  const mode = textField(host, 'NetworkMode') ?? 'default'
  const endpoints = endpointsOf(object, mode)
  return {
    body: {
      ...ownConfig(config, host, object, mode),
      Image: image,
      HostConfig: { ...host, ...volumes(object, host), ...ports(object, host), ...links(host) },
      ...(endpoints.first === null
        ? {}
        : { NetworkingConfig: { EndpointsConfig: { [mode]: endpoints.first } } }),
    },
    networks: endpoints.others,
  }
}

/** What Docker made up itself must be left to it: it goes with the id. */
function ownConfig(
  config: JsonObject,
  host: JsonObject,
  object: JsonObject,
  mode: string,
): JsonObject {
  const { Hostname: hostname, ExposedPorts: exposed, ...rest } = config
  const shared = mode.startsWith('container:')
  const madeUp = hostname === shortId(object) || shared || textField(host, 'UTSMode') === 'host'
  return {
    ...rest,
    ...(madeUp || hostname === undefined ? {} : { Hostname: hostname }),
    ...(shared || exposed === undefined ? {} : { ExposedPorts: exposed }),
  }
}

/** A volume without a name of its own would be made anew, and be empty: it is asked for by the name that Docker gave it. */
function volumes(object: JsonObject, host: JsonObject): JsonObject {
  const mounted = listAt(object, 'Mounts')
    .filter(isObject)
    .filter((mount) => mount['Type'] === 'volume')
  const nameAt = (place: Json | undefined): Json | undefined =>
    mounted.find(({ Destination: destination }) => destination === place)?.['Name']

  const mounts = listAt(host, 'Mounts').map((mount) => {
    if (!isObject(mount) || mount['Type'] !== 'volume' || (mount['Source'] ?? '') !== '')
      return mount
    const name = nameAt(mount['Target'])
    return name === undefined ? mount : { ...mount, Source: name }
  })
  const binds = listAt(host, 'Binds').filter((bind) => typeof bind === 'string')
  const named = new Set<unknown>([
    ...binds.map((bind) => bind.split(':')[1]),
    ...mounts.filter(isObject).map(({ Target: target }) => target),
  ])
  const unnamed = mounted
    .filter(({ Destination: destination }) => !named.has(destination))
    .map((mount) => {
      const bind = `${textField(mount, 'Name') ?? ''}:${textField(mount, 'Destination') ?? ''}`
      return mount['RW'] === false ? `${bind}:ro` : bind
    })
  return {
    ...(unnamed.length === 0 ? {} : { Binds: [...binds, ...unnamed] }),
    ...(mounts.length === 0 ? {} : { Mounts: mounts }),
  }
}

/** A port that Docker chose is kept: others may have learned it. */
function ports(object: JsonObject, host: JsonObject): JsonObject {
  const published = jsonAt(jsonAt(object, 'NetworkSettings'), 'Ports')
  const asked = jsonAt(host, 'PortBindings')
  const names = host['PublishAllPorts'] === true ? Object.keys(published) : Object.keys(asked)
  if (names.length === 0) return {}
  const bindings = names.map((name): [string, Json] => {
    const now = listAt(published, name).filter(isObject)
    const wanted = listAt(asked, name).filter(isObject)
    if (wanted.length === 0) return [name, now]
    return [name, wanted.map((one, at) => withPort(one, now, at))]
  })
  return { PortBindings: { ...asked, ...Object.fromEntries(bindings) } }
}

function withPort(wanted: JsonObject, now: readonly JsonObject[], at: number): JsonObject {
  if (!['', '0', undefined].includes(textField(wanted, 'HostPort') ?? '')) return wanted
  const same = now.filter(({ HostIp: ip }) => ip === wanted['HostIp'])
  const port = (same[0] ?? now[at])?.['HostPort']
  return port === undefined ? wanted : { ...wanted, HostPort: port }
}

/** Inspect says `/db:/web/alias` for what was asked for as `db:alias`. */
function links(host: JsonObject): JsonObject {
  const asked = listAt(host, 'Links').filter((link) => typeof link === 'string')
  if (asked.length === 0) return {}
  return {
    Links: asked.map((link) => {
      const [from = '', to = ''] = link.split(':')
      return `${from.replace(/^\//, '')}:${to.split('/').at(-1) ?? ''}`
    }),
  }
}

function endpointsOf(
  object: JsonObject,
  mode: string,
): { first: JsonObject | null; others: { network: string; body: JsonObject }[] } {
  const networks = Object.entries(jsonAt(jsonAt(object, 'NetworkSettings'), 'Networks'))
  const aliasesMadeUp = [shortId(object), textField(jsonAt(object, 'Config'), 'Hostname')]
  // These have neither aliases nor addresses of one's own.
  const builtIn = ['default', 'bridge', 'host', 'none'].includes(mode)
  let first: JsonObject | null = null
  const others: { network: string; body: JsonObject }[] = []
  for (const [name, value] of networks) {
    const id = isRecord(value) ? textField(value, 'NetworkID') : null
    const isFirst = name === mode || (mode === 'default' && name === 'bridge') || id === mode
    const endpoint = endpointLike(isObject(value) ? value : {}, aliasesMadeUp)
    if (!isFirst) others.push({ network: name, body: { EndpointConfig: endpoint } })
    else if (!builtIn) first = endpoint
  }
  return { first, others }
}

function endpointLike(value: JsonObject, madeUp: readonly (string | null)[]): JsonObject {
  const aliases = listAt(value, 'Aliases').filter(
    (alias) => typeof alias === 'string' && !madeUp.includes(alias),
  )
  const mac = textField(value, 'MacAddress')
  return {
    IPAMConfig: value['IPAMConfig'] ?? null,
    Links: value['Links'] ?? null,
    DriverOpts: value['DriverOpts'] ?? null,
    Aliases: aliases,
    // Of one's own since API 1.44; earlier daemons have it in Config, and pass this over.
    ...(mac === null ? {} : { MacAddress: mac }),
  }
}

function shortId(object: JsonObject): string {
  return (textField(object, 'Id') ?? '').slice(0, 12)
}
