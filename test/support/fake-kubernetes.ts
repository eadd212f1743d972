import { createServer } from 'node:http'
import { isRecord } from '../../src/parsers/json-fields.ts'
import { KINDS } from '../../src/remedy/platforms/kubernetes/cluster.ts'
import { portOf } from './port-of.ts'

type JsonRecord = Record<string, unknown>

/**
 * A stand-in for an API server, on loopback, for stella and for a real kubectl to talk to: as much of the API as getting,
 * patching, applying, resizing and waiting for objects needs. Its objects are made by hand from the API's types, its refusals
 * are worded as a real one's.
 */
export interface FakeKubernetes extends AsyncDisposable {
  url: string
  /** `pods/shop/web-1`, `deployments/shop/web`. */
  objects: Map<string, JsonRecord>
  /** Method, path and content type of each request that changes something; trials are none. */
  changes: string[]
  /** Who holds what is applied, and has to be overruled. */
  held: string | null
  /** Why a new pod is not let in. */
  podRefusal: string | null
  podRefusalStatus: number
  /** What a webhook makes of each limit that is written. */
  mutated: string | null
  /** Bytes in use, as the metrics of the cluster tell; null: it has none. */
  usage: string | null
  /** Whether a rollout goes through at once. */
  rollsOut: boolean
  /** So many of the next changes meet an object that was written meanwhile. */
  conflicts: number
  /** What a change is refused with. */
  forbidden: string | null
  /** The condition that the kubelet gives a pod instead of resizing it. */
  infeasible: string | null
  /** What the kubelet does with a pod that was resized; nothing where it is null. */
  kubelet: ((pod: JsonRecord) => void) | null
}

/** By the names that they have in paths. */
const PLURALS: Readonly<Record<string, { kind: string; apiVersion: string }>> = {
  ...Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [`${name}s`, kind])),
  events: { kind: 'Event', apiVersion: 'v1' },
  horizontalpodautoscalers: { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2' },
  verticalpodautoscalers: { kind: 'VerticalPodAutoscaler', apiVersion: 'autoscaling.k8s.io/v1' },
}
const PATH =
  /^\/(?:api\/v1|apis\/[a-z0-9.]+\/v\d)\/namespaces\/([^/]+)\/([a-z]+)(?:\/([^/]+)(?:\/(resize))?)?$/

export async function fakeKubernetes(minor: string): Promise<FakeKubernetes> {
  const fake: FakeKubernetes = {
    url: '',
    objects: new Map(),
    changes: [],
    held: null,
    podRefusal: null,
    podRefusalStatus: 403,
    mutated: null,
    usage: null,
    rollsOut: true,
    conflicts: 0,
    forbidden: null,
    infeasible: null,
    kubelet: null,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const { pathname, searchParams } = new URL(url, 'http://api')
      const call = {
        method,
        body,
        isTrial: searchParams.has('dryRun'),
        isApply: headers['content-type']?.startsWith('application/apply-patch') === true,
        isForced: searchParams.get('force') === 'true',
      }
      if (method !== 'GET' && !call.isTrial) {
        fake.changes.push(`${method} ${pathname} ${headers['content-type']?.split(';')[0]}`)
      }
      const [status, json] =
        method === 'GET' ? read(fake, minor, pathname) : write(fake, pathname, call)
      response.writeHead(status, { 'content-type': 'application/json' })
      // A watch stays open and says nothing new.
      if (searchParams.has('watch')) response.flushHeaders()
      else response.end(JSON.stringify(json))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  fake.url = `http://127.0.0.1:${portOf(server.address())}`
  return fake
}

function read(fake: FakeKubernetes, minor: string, path: string): [number, unknown] {
  if (path === '/version') {
    return [200, { major: '1', minor, gitVersion: `v1.${Number.parseInt(minor, 10)}.0` }]
  }
  if (path === '/api') return [200, { kind: 'APIVersions', versions: ['v1'] }]
  if (path === '/apis') return [200, groupList()]
  const version = /^\/apis?\/((?:[a-z]+\/)?v1)$/.exec(path)?.[1]
  if (version !== undefined) return [200, resourceList(version, Number.parseInt(minor, 10) >= 33)]
  const named = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(path)?.[1]
  if (named !== undefined) {
    // kubectl looks whether a missing object's namespace is there.
    return [200, { kind: 'Namespace', apiVersion: 'v1', metadata: { name: named } }]
  }
  if (path.startsWith('/apis/metrics.k8s.io/') && fake.usage !== null) {
    return [
      200,
      { kind: 'PodMetrics', containers: [{ name: 'app', usage: { memory: fake.usage } }] },
    ]
  }
  const [, namespace, resource, name] = PATH.exec(path) ?? []
  const kind = PLURALS[resource ?? '']
  if (kind === undefined) return failure(404, 'NotFound', `no ${path}`)
  if (name === undefined) {
    const prefix = `${resource}/${namespace}/`
    const items = [...fake.objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([, value]) => value)
    return [
      200,
      {
        kind: `${kind.kind}List`,
        apiVersion: kind.apiVersion,
        metadata: { resourceVersion: '1' },
        items,
      },
    ]
  }
  const found = fake.objects.get(`${resource}/${namespace}/${name}`)
  return found === undefined
    ? failure(404, 'NotFound', `${resource} "${name}" not found`)
    : [200, found]
}

interface Call {
  method: string
  body: string
  isTrial: boolean
  isApply: boolean
  isForced: boolean
}

function write(fake: FakeKubernetes, path: string, call: Call): [number, unknown] {
  const { method, body, isTrial, isApply } = call
  const [, namespace, resource, name, subresource] = PATH.exec(path) ?? []
  if (resource === 'pods' && name === undefined && isTrial) {
    return fake.podRefusal === null
      ? [201, JSON.parse(body)]
      : failure(fake.podRefusalStatus, 'Forbidden', fake.podRefusal)
  }
  const key = `${resource}/${namespace}/${name}`
  const now = fake.objects.get(key)
  if (now === undefined) return failure(404, 'NotFound', `${resource} "${name}" not found`)
  if (fake.forbidden !== null) return failure(403, 'Forbidden', fake.forbidden)
  if (resource === 'pods' && subresource === undefined) {
    return failure(422, 'Invalid', 'pod updates may not change fields other than image')
  }
  const sent: unknown = JSON.parse(body)
  if (fake.conflicts > 0) {
    fake.conflicts--
    touch(now)
  }
  if (versionOf(sent) !== undefined && versionOf(sent) !== versionOf(now)) {
    return failure(409, 'Conflict', 'the object has been modified; please apply your changes')
  }
  if (isApply && fake.held !== null && !call.isForced) {
    return failure(
      409,
      'Conflict',
      `Apply failed with 1 conflict: conflict with "${fake.held}" using apps/v1: .spec`,
    )
  }
  const next = method === 'PATCH' ? merge(structuredClone(now), sent) : sent
  if (!isRecord(next)) return failure(400, 'BadRequest', 'no object')
  if (isTrial) {
    const { mutated } = fake
    const answer = JSON.stringify(next)
    return [
      200,
      JSON.parse(
        mutated === null
          ? answer
          : answer.replaceAll(/"limits":\{"memory":"[^"]+"/g, `"limits":{"memory":"${mutated}"`),
      ),
    ]
  }
  if (subresource === 'resize') {
    if (fake.infeasible === null) {
      resizeStatus(next)
      fake.kubelet?.(next)
    } else next['status'] = pending(next, fake.infeasible)
  } else rollOut(next, fake.rollsOut)
  touch(next)
  fake.objects.set(key, next)
  return [200, next]
}

/** A strategic merge, as far as resources go: lists of named things are merged by name, null takes a field away. */
function merge(now: unknown, patch: unknown): unknown {
  if (Array.isArray(now) && Array.isArray(patch)) {
    const [others, fresh] = [now, patch]
    return others.map((one) => {
      const other = fresh.find(
        (item) => isRecord(item) && isRecord(one) && item['name'] === one['name'],
      )
      return other === undefined ? one : merge(one, other)
    })
  }
  if (!isRecord(patch)) return patch
  const merged: JsonRecord = isRecord(now) ? { ...now } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else {
      merged[key] = merge(merged[key], value)
      const empty = isRecord(merged[key]) && Object.keys(merged[key]).length === 0
      if (empty && key !== 'resources') delete merged[key]
    }
  }
  return merged
}

function versionOf(object: unknown): unknown {
  return isRecord(object) && isRecord(object['metadata'])
    ? object['metadata']['resourceVersion']
    : undefined
}

function touch(object: JsonRecord): void {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {}
  object['metadata'] = {
    ...metadata,
    resourceVersion: String(Number(metadata['resourceVersion']) + 1),
  }
}

/** The kubelet does at once what was asked for. */
function resizeStatus(pod: JsonRecord): void {
  const spec = isRecord(pod['spec']) ? pod['spec'] : {}
  const containers: unknown[] = Array.isArray(spec['containers']) ? spec['containers'] : []
  const containerStatuses = containers
    .filter(isRecord)
    .map(({ name, resources }) => ({ name, resources, imageID: 'sha256:1234' }))
  pod['status'] = { phase: 'Running', containerStatuses }
}

function pending(pod: JsonRecord, message: string): JsonRecord {
  const status = isRecord(pod['status']) ? pod['status'] : {}
  const condition = { type: 'PodResizePending', status: 'True', reason: 'Infeasible', message }
  return { ...status, conditions: [condition] }
}

/** The controllers do at once what was asked for, or cannot. */
function rollOut(object: JsonRecord, isGood: boolean): void {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {}
  const generation = Number(metadata['generation'] ?? 1) + 1
  object['metadata'] = { ...metadata, generation }
  object['status'] = {
    observedGeneration: generation,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    ...(isGood
      ? {}
      : {
          updatedReplicas: 0,
          conditions: [
            {
              type: 'Progressing',
              status: 'False',
              reason: 'ProgressDeadlineExceeded',
              message: 'ReplicaSet "web-2" has timed out progressing.',
            },
          ],
        }),
  }
}

function groupList(): unknown {
  const groups = ['apps', 'batch'].map((name) => {
    const version = { groupVersion: `${name}/v1`, version: 'v1' }
    return { name, versions: [version], preferredVersion: version }
  })
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

function resourceList(groupVersion: string, canResize: boolean): unknown {
  const resources = Object.entries(PLURALS)
    .filter(([, { apiVersion }]) => apiVersion === groupVersion)
    .map(([name, { kind }]) => ({
      name,
      singularName: kind.toLowerCase(),
      kind,
      namespaced: true,
      verbs: ['get', 'list', 'watch', 'patch', 'update'],
    }))
  const resize = { name: 'pods/resize', kind: 'Pod', namespaced: true, verbs: ['patch', 'update'] }
  return {
    kind: 'APIResourceList',
    groupVersion,
    resources: groupVersion === 'v1' && canResize ? [...resources, resize] : resources,
  }
}

function failure(code: number, reason: string, message: string): [number, unknown] {
  return [code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code }]
}
