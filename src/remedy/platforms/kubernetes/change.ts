import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { field, isRecord, textField } from '../../../parsers/json-fields.ts'
import { conflict } from '../../conflict.ts'
import type { Hands } from '../../driver.ts'
import { containersOf, memoryOf, sameMemory, type Memory } from './containers.ts'
import {
  abilities,
  getObject,
  isConflict,
  kubectl,
  nameOf,
  refusedBy,
  type ApiObject,
} from './kubectl.ts'

const MemoryData = z.object({ limit: z.nullable(z.string()), request: z.nullable(z.string()) })

/** The memory of one container, in a pod as it runs or in the template of its owner. */
export const ChangeData = z.object({
  kind: z.literal('change'),
  object: z.object({ kind: z.string(), namespace: z.string(), name: z.string() }),
  /** Another object of this name is not the one that was looked at. */
  uid: z.string(),
  /** Where the pod stands in the object: nowhere for a pod itself. */
  template: z.array(z.string()),
  list: z.enum(['containers', 'initContainers']),
  container: z.string(),
  before: MemoryData,
  after: MemoryData,
})
export type ChangeData = z.infer<typeof ChangeData>

/** Status is written all the time, and each time the object is another version. */
const ATTEMPTS = 5

/** Brings the memory from one state to the other. Does nothing where it is there already. */
export async function move(
  data: ChangeData,
  { from, to, force }: { from: Memory; to: Memory; force: boolean },
  hands: Hands,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const object = await getObject(data.object, hands)
    if (textField(object, 'metadata', 'uid') !== data.uid) throw replaced(data)
    const now = presentIn(object, data)
    if (now !== null && sameMemory(now, to)) return
    if (now === null || (!sameMemory(now, from) && !force)) throw changedSince(data, now)
    const reason = await write(data, object, to, hands)
    if (reason === null) return
    if (!isConflict(reason) || attempt === ATTEMPTS) throw refusedBy(reason, data.object)
  }
}

function presentIn(object: ApiObject, { template, list, container }: ChangeData): Memory | null {
  const found = containersOf(field(object, ...template, 'spec')).find(
    (one) => one.list === list && one.name === container,
  )
  return found === undefined ? null : memoryOf(found.spec)
}

/** @returns why it was refused, or null */
async function write(
  data: ChangeData,
  object: ApiObject,
  memory: Memory,
  hands: Hands,
): Promise<string | null> {
  const resourceVersion = textField(object, 'metadata', 'resourceVersion')
  const patch = { metadata: { resourceVersion }, ...patchOf(data, memory) }
  const isPod = data.object.kind === 'pod'
  if (isPod && !(await abilities(hands)).subresource)
    return replaceResize(data, object, memory, hands)
  const { kind, namespace, name } = data.object
  const answer = await kubectl(
    [
      ...['-n', namespace, 'patch', kind, name, ...(isPod ? ['--subresource', 'resize'] : [])],
      ...['--type', 'strategic', '--patch', JSON.stringify(patch)],
    ],
    hands,
  )
  return answer.ok ? null : answer.reason
}

/** A strategic merge patch: lists of containers are merged by name, and null takes a field away. */
export function patchOf({ template, list, container }: ChangeData, memory: Memory): object {
  const resources = {
    limits: { memory: memory.limit },
    requests: { memory: memory.request },
  }
  const spec = { spec: { [list]: [{ name: container, resources }] } }
  return template.reduceRight<object>((inner, key) => ({ [key]: inner }), spec)
}

/** A kubectl that cannot name the subresource can still write the whole pod to its address. */
async function replaceResize(
  data: ChangeData,
  pod: ApiObject,
  memory: Memory,
  hands: Hands,
): Promise<string | null> {
  const { namespace, name } = data.object
  // Read and written by its owner alone: a pod may hold secrets in its variables.
  const folder = mkdtempSync(join(tmpdir(), 'stella-resize-'))
  try {
    const file = join(folder, 'pod.json')
    writeFileSync(file, JSON.stringify(withMemory(pod, data, memory)), { mode: 0o600 })
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/resize`
    const answer = await kubectl(['replace', '--validate=false', '--raw', path, '-f', file], hands)
    return answer.ok ? null : answer.reason
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function withMemory(pod: ApiObject, { list, container }: ChangeData, memory: Memory): ApiObject {
  const spec = isRecord(pod['spec']) ? pod['spec'] : {}
  const all = containersOf(spec).filter((one) => one.list === list)
  const changed = all.map((one) =>
    one.name === container ? { ...one.spec, resources: resourcesWith(one.spec, memory) } : one.spec,
  )
  return { ...pod, spec: { ...spec, [list]: changed } }
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
