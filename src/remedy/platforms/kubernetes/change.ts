import * as z from 'zod/mini'
import { field, isRecord, textField } from '../../../parsers/json-fields.ts'
import { ApiProblem } from '../../../sources/kubernetes/problem.ts'
import { conflict } from '../../conflict.ts'
import { containersOf, memoryOf, sameMemory, type Memory } from './containers.ts'
import {
  getObject,
  KIND_NAMES,
  KINDS,
  nameOf,
  pathOf,
  type ApiObject,
  type Cluster,
} from './cluster.ts'
import { FIELD_MANAGER, givenBack, hasApplied, holdersOf } from './managers.ts'
import { isHeld, refusalOf, refusedBy } from './refusal.ts'

const MemoryData = z.object({ limit: z.nullable(z.string()), request: z.nullable(z.string()) })

/** The memory of one container, in a pod as it runs or in the template of its owner. */
export const ChangeData = z.object({
  kind: z.literal('change'),
  object: z.object({ kind: z.enum(KIND_NAMES), namespace: z.string(), name: z.string() }),
  /** Another object of this name is not the one that was looked at. */
  uid: z.string(),
  /** Where the pod stands in the object: nowhere for a pod itself. */
  template: z.array(z.string()),
  list: z.enum(['containers', 'initContainers']),
  container: z.string(),
  before: MemoryData,
  after: MemoryData,
  /** Whose the amount was; null: nobody's. */
  heldBy: z.nullable(z.object({ manager: z.string(), operation: z.string() })),
  /** Whether it is written although another manager holds it: the plan says who. */
  force: z.boolean(),
})
export type ChangeData = z.infer<typeof ChangeData>

/** Status is written all the time, and each time the object is another version. */
const ATTEMPTS = 5

/**
 * Brings the memory from what the plan saw to what it wants. Does nothing where it is there already.
 *
 * @throws StellaError where somebody else changed it since, or the API server refuses
 */
export async function make(data: ChangeData, cluster: Cluster): Promise<void> {
  await move(data, { from: data.before, to: data.after, overwrite: false }, cluster, (object) =>
    apply(data, object, cluster, { force: data.force, dryRun: false }),
  )
}

/** Brings it back, in the name of whoever had written it. */
export async function takeBack(
  data: ChangeData,
  cluster: Cluster,
  { force }: { force: boolean },
): Promise<void> {
  await move(data, { from: data.after, to: data.before, overwrite: force }, cluster, (object) =>
    restore(data, object, cluster),
  )
}

async function move(
  data: ChangeData,
  { from, to, overwrite }: { from: Memory; to: Memory; overwrite: boolean },
  cluster: Cluster,
  write: (object: ApiObject) => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const object = await getObject(data.object, cluster)
    if (textField(object, 'metadata', 'uid') !== data.uid) throw replaced(data)
    const now = presentIn(object, data)
    if (now !== null && sameMemory(now, to)) return
    if (now === null || (!sameMemory(now, from) && !overwrite)) throw changedSince(data, now)
    try {
      await write(object)
      return
    } catch (error) {
      cluster.signal.throwIfAborted()
      if (!(error instanceof ApiProblem)) throw error
      const isLate = error.kind === 'conflict' && !isHeld(error)
      if (!isLate || attempt === ATTEMPTS) throw refusedBy(refusalOf(error), nameOf(data.object))
    }
  }
}

/** What the container has in an object; null: it is not in it. */
export function presentIn(
  object: ApiObject,
  { template, list, container }: ChangeData,
): Memory | null {
  const found = containersOf(field(object, ...template, 'spec')).find(
    (one) => one.list === list && one.name === container,
  )
  return found === undefined ? null : memoryOf(found.spec)
}

/**
 * A server-side apply of the amounts alone.
 *
 * @returns the object as it is then, or would be
 * @throws ApiProblem
 */
export async function apply(
  data: ChangeData,
  object: ApiObject,
  cluster: Cluster,
  { force, dryRun }: { force: boolean; dryRun: boolean },
): Promise<ApiObject> {
  return declare(data, applied(data, object, data.after), cluster, { force, dryRun })
}

async function declare(
  data: ChangeData,
  wanted: object,
  { api, signal }: Cluster,
  { force, dryRun }: { force: boolean; dryRun: boolean },
): Promise<ApiObject> {
  return api.send({
    method: 'PATCH',
    path: writtenAt(data),
    query: { fieldManager: FIELD_MANAGER, force, dryRun: dryRun ? 'All' : null },
    // JSON is YAML, too.
    body: { type: 'application/apply-patch+yaml', text: JSON.stringify(wanted) },
    signal,
  })
}

/** A running pod is changed through its subresource alone. */
function writtenAt({ object }: ChangeData): string {
  return object.kind === 'pod' ? `${pathOf(object)}/resize` : pathOf(object)
}

/**
 * What stella declares of an object: the amounts that it changes, and those that it holds already, for what it does not name
 * again would be taken away.
 *
 * @param wants null: nothing any more of this container
 */
function applied(data: ChangeData, object: ApiObject, wants: Memory | null): object {
  const { template, list, container, before } = data
  const isOurs = (name: string, of: ChangeData['list'], which: 'limits' | 'requests'): boolean =>
    holdersOf(object, { template, list: of, container: name }, which).some(
      ({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply',
    )
  const entries = containersOf(field(object, ...template, 'spec')).flatMap((one) => {
    const isIt = one.list === list && one.name === container
    if (isIt && wants === null) return []
    const memory = (isIt ? wants : null) ?? memoryOf(one.spec)
    const limit = isIt || isOurs(one.name, one.list, 'limits') ? memory.limit : null
    const isChanged = isIt && memory.request !== before.request
    const request = isChanged || isOurs(one.name, one.list, 'requests') ? memory.request : null
    const resources = {
      ...(limit === null ? {} : { limits: { memory: limit } }),
      ...(request === null ? {} : { requests: { memory: request } }),
    }
    return Object.keys(resources).length === 0
      ? []
      : [{ list: one.list, entry: { name: one.name, resources } }]
  })
  const lists = Object.groupBy(entries, (one) => one.list)
  const spec = Object.fromEntries(
    Object.entries(lists).map(([name, of]) => [name, of.map(({ entry }) => entry)]),
  )
  return {
    ...KINDS[data.object.kind],
    metadata: {
      namespace: data.object.namespace,
      name: data.object.name,
      // Where it has gone meanwhile, none is made of this piece.
      uid: data.uid,
      // Nothing of anybody is changed where nothing is wanted.
      ...(wants === null
        ? {}
        : { resourceVersion: textField(object, 'metadata', 'resourceVersion') }),
    },
    ...(entries.length === 0 ? {} : within(template, { spec })),
  }
}

/** Whoever had it has it again, and stella holds nothing of it: an item of a list goes away only with all who hold it. */
async function restore(data: ChangeData, object: ApiObject, cluster: Cluster): Promise<void> {
  const { api, signal } = cluster
  const { heldBy } = data
  const writer = heldBy?.operation === 'Update' ? heldBy.manager : FIELD_MANAGER
  const resourceVersion = textField(object, 'metadata', 'resourceVersion')
  const patch = { metadata: { resourceVersion }, ...patchOf(data, data.before) }
  const restored = await api.send({
    method: 'PATCH',
    path: writtenAt(data),
    query: { fieldManager: writer },
    body: { type: 'application/strategic-merge-patch+json', text: JSON.stringify(patch) },
    signal,
  })
  const free = hasApplied(restored)
    ? await declare(data, applied(data, restored, null), cluster, { force: true, dryRun: false })
    : restored
  if (heldBy?.operation === 'Apply' && data.object.kind !== 'pod') {
    await giveBack(data, heldBy.manager, free, cluster)
  }
}

async function giveBack(
  data: ChangeData,
  to: string,
  object: ApiObject,
  cluster: Cluster,
): Promise<void> {
  const { limit, request } = data.before
  const which = [
    ...(limit === null ? [] : (['limits'] as const)),
    ...(request === null || request === data.after.request ? [] : (['requests'] as const)),
  ]
  let now = object
  for (let attempt = 1; ; attempt++) {
    const resourceVersion = textField(now, 'metadata', 'resourceVersion')
    const managedFields = givenBack(now, data, which, to)
    try {
      await cluster.api.send({
        method: 'PATCH',
        path: pathOf(data.object),
        body: {
          type: 'application/merge-patch+json',
          text: JSON.stringify({ metadata: { resourceVersion, managedFields } }),
        },
        signal: cluster.signal,
      })
      return
    } catch (error) {
      cluster.signal.throwIfAborted()
      if (!(error instanceof ApiProblem) || error.kind !== 'conflict') throw error
      // The amount is restored: that its name stays with stella is told by the next conflict.
      if (attempt === ATTEMPTS) return
      now = await getObject(data.object, cluster)
    }
  }
}

/** A strategic merge patch: lists of containers are merged by name, and null takes a field away. */
export function patchOf(
  { template, list, container }: Pick<ChangeData, 'template' | 'list' | 'container'>,
  memory: Memory,
): object {
  const resources = {
    limits: { memory: memory.limit },
    requests: { memory: memory.request },
  }
  return within(template, { spec: { [list]: [{ name: container, resources }] } })
}

/** A piece of a pod, at the place where pods stand in an object. */
export function within(template: readonly string[], piece: object): object {
  return template.reduceRight<object>((inner, key) => ({ [key]: inner }), piece)
}

/** The other resources stay; what is null goes away. */
export function resourcesWith(container: ApiObject, memory: Memory): ApiObject {
  const resources = isRecord(container['resources']) ? container['resources'] : {}
  const part = (key: 'limits' | 'requests', value: string | null): ApiObject => {
    const kept = isRecord(resources[key]) ? resources[key] : {}
    const { memory: _earlier, ...others } = kept
    const all = value === null ? others : { ...others, memory: value }
    return Object.keys(all).length === 0 ? {} : { [key]: all }
  }
  const { limits: _limits, requests: _requests, ...rest } = resources
  return { ...rest, ...part('limits', memory.limit), ...part('requests', memory.request) }
}

function replaced({ object }: ChangeData): Error {
  return conflict(
    'is another object of the same name now',
    nameOf(object),
    'look at it, and plan again',
  )
}

function changedSince({ object, container }: ChangeData, now: Memory | null): Error {
  const what =
    now === null
      ? `has no container ${container} any more`
      : `its container ${container} has memory limit ${now.limit ?? 'none'} and request ${now.request ?? 'none'} now: somebody else changed it`
  return conflict(what, nameOf(object), 'decide by hand what it shall have')
}
