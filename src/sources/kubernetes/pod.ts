import type { Observation, World } from '../../model/evidence.ts'
import type { PodState } from '../../model/cluster.ts'
import { textField } from '../../parsers/json-fields.ts'
import type { KubernetesApi } from './api.ts'
import { kubeletSettings } from './kubelet.ts'
import { lastWords } from './last-words.ts'
import { attempt, gapOf, itemsOf, observationsOf } from './objects.ts'
import type { ApiObject } from './objects.ts'
import { ApiProblem } from './problem.ts'
import { joinReadings } from '../reading.ts'
import { readWorkload } from './workload.ts'

export interface PodName {
  namespace: string
  pod: string
}

/** What the API server tells of a pod. */
export interface PodRead extends World {
  /** Null: it is gone, and events alone speak of it. */
  pod: Observation<PodState> | null
  /** Boot id of its node, by which a machine knows that it is the node; null: not known. */
  bootId: string | null
}

/** The server keeps events for an hour by default; a pod in a crash loop has a dozen. */
const MAX_EVENTS = 500

/** Kubernetes' times are whole seconds, and a clock is read in between two calls. */
const CLOCKS_APART_MS = 3_000

/**
 * A pod with its events, its node, what it belongs to, and the last words of its containers; they are asked for at the same
 * time. What may not be read is told as unknown. `presentOnly`: the pod and its node alone.
 *
 * @throws ApiProblem where neither the pod nor an event of it can be read
 */
export async function readPod(
  api: KubernetesApi,
  name: PodName,
  { presentOnly, signal, readAt }: { presentOnly: boolean; signal: AbortSignal; readAt: number },
): Promise<PodRead> {
  const path = `/api/v1/namespaces/${name.namespace}/pods/${name.pod}`
  const events = presentOnly ? null : attempt(eventsOf(api, name, signal))
  const read = await attempt(api.get({ path, signal }))
  if (!read.ok && read.problem.kind !== 'missing') throw read.problem
  const pod = read.ok ? read.value : null
  const state = pod === null ? [] : observationsOf(api, 'Pod', pod, { from: `GET ${path}`, readAt })
  const around =
    pod === null ? [] : await readAround(api, name, pod, { presentOnly, signal, readAt })
  const told = await events
  const observations = [...state, ...around.flatMap((world) => world.observations)]
  const unknown = around.flatMap((world) => world.unknown)
  if (told?.ok === true) {
    const from = `events of pod ${name.namespace}/${name.pod}`
    for (const event of told.value) {
      observations.push(...observationsOf(api, 'Event', event, { from, readAt }))
    }
  } else if (told !== null) unknown.push(gapOf('events of the pod', told.problem))
  if (pod === null) {
    if (observations.length === 0) throw gone(name, told?.ok === true)
    unknown.push(
      `pod ${name.namespace}/${name.pod} is gone: its state and its log with it; only events remain, and those for an hour`,
    )
  }
  return {
    pod: podIn(state[0]),
    bootId: around.find(({ bootId }) => bootId !== undefined)?.bootId ?? null,
    observations,
    unknown: [...unknown, ...clocksApart(api)],
  }
}

/** The node of a pod and how its kubelet is set up: what a memory group on it is held against. */
export async function readNodeOf(
  api: KubernetesApi,
  pod: ApiObject,
  asking: { signal: AbortSignal; readAt: number },
): Promise<World> {
  return joinReadings(
    await Promise.all([readNode(api, pod, asking), readKubelet(api, pod, asking)]),
  )
}

interface Around extends World {
  bootId?: string | null
}

async function readAround(
  api: KubernetesApi,
  { namespace }: PodName,
  pod: ApiObject,
  { presentOnly, signal, readAt }: { presentOnly: boolean; signal: AbortSignal; readAt: number },
): Promise<Around[]> {
  const node = readNode(api, pod, { signal, readAt })
  if (presentOnly) return [await node]
  return Promise.all([
    node,
    readKubelet(api, pod, { signal, readAt }),
    readWorkload({ api, namespace, signal }, pod),
    lastWords(api, pod, signal),
  ])
}

async function readNode(
  api: KubernetesApi,
  pod: ApiObject,
  { signal, readAt }: { signal: AbortSignal; readAt: number },
): Promise<Around> {
  const name = textField(pod, 'spec', 'nodeName')
  if (name === null) {
    return { observations: [], unknown: ['the pod has no node yet: nothing of it has run'] }
  }
  const path = `/api/v1/nodes/${name}`
  const node = await attempt(api.get({ path, signal }))
  if (!node.ok) return { observations: [], unknown: [gapOf(`node ${name}`, node.problem)] }
  return {
    observations: observationsOf(api, 'Node', node.value, { from: `GET ${path}`, readAt }),
    unknown: [],
    bootId: textField(node.value, 'status', 'nodeInfo', 'bootID'),
  }
}

/** How the kubelet kills, swaps and evicts; a pod that has no node has none. */
async function readKubelet(
  api: KubernetesApi,
  pod: ApiObject,
  asking: { signal: AbortSignal; readAt: number },
): Promise<Around> {
  const node = textField(pod, 'spec', 'nodeName')
  if (node === null) return { observations: [], unknown: [] }
  const read = await attempt(kubeletSettings(api, node, asking))
  if (!read.ok) {
    return {
      observations: [],
      unknown: [gapOf(`configuration of the kubelet of ${node}`, read.problem)],
    }
  }
  return { observations: read.value === null ? [] : [read.value], unknown: [] }
}

async function eventsOf(
  api: KubernetesApi,
  { namespace, pod }: PodName,
  signal: AbortSignal,
): Promise<ApiObject[]> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod}`
  const path = `/api/v1/namespaces/${namespace}/events`
  const query = { fieldSelector, limit: MAX_EVENTS }
  return itemsOf(await api.get({ path, query, signal }), MAX_EVENTS)
}

function podIn(seen: Observation | undefined): Observation<PodState> | null {
  return seen?.fact.kind === 'pod-state' ? { ...seen, fact: seen.fact } : null
}

function gone({ namespace, pod }: PodName, asked: boolean): ApiProblem {
  const says = asked
    ? `there is no pod ${namespace}/${pod}, and no event speaks of one`
    : `there is no pod ${namespace}/${pod}, and its events could not be read`
  return new ApiProblem('missing', `pod ${namespace}/${pod}`, says)
}

/** Times of the API server stand beside times of this machine's kernel log. */
function clocksApart({ clockAheadMs, access }: KubernetesApi): string[] {
  if (clockAheadMs === null || Math.abs(clockAheadMs) < CLOCKS_APART_MS) return []
  const seconds = Math.round(Math.abs(clockAheadMs) / 1_000)
  const way = clockAheadMs > 0 ? 'ahead of' : 'behind'
  return [
    `the clock of ${access.where} is ${seconds} s ${way} this machine's: their times are apart by as much`,
  ]
}
