import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod/mini'
import { field, listField, textField } from '../../../parsers/json-fields.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { conflict } from '../../conflict.ts'
import type { Hands } from '../../driver.ts'
import { getObject, kubectl, nameOf } from './kubectl.ts'

const ObjectData = z.object({ kind: z.string(), namespace: z.string(), name: z.string() })

/** Until the pods of an owner are the new ones. */
export const RolloutData = z.object({ kind: z.literal('rollout'), object: ObjectData })
/** Until the kubelet has given a container its new limit. */
export const ResizedData = z.object({
  kind: z.literal('resized'),
  object: ObjectData,
  container: z.string(),
  limit: z.string(),
})

const LONGEST = '5m'
const LONGEST_MS = 5 * 60_000
const LOOK_EVERY_MS = 500

/** @throws StellaError where the new pods do not become ready */
export async function rolloutEnd(
  { object }: z.infer<typeof RolloutData>,
  hands: Hands,
): Promise<void> {
  const { kind, namespace, name } = object
  const what = ['rollout', 'status', `${kind}/${name}`, `--timeout=${LONGEST}`]
  const answer = await kubectl(['-n', namespace, ...what], hands)
  if (answer.ok) return
  throw conflict(
    `the new pods do not become ready: ${answer.reason}`,
    nameOf(object),
    'see why with kubectl describe pod',
  )
}

/** @throws StellaError where the node has no room, or the container uses more than a lowered limit */
export async function resizeEnd(
  { object, container, limit }: z.infer<typeof ResizedData>,
  hands: Hands,
): Promise<void> {
  const until = hands.reader.now() + LONGEST_MS
  for (;;) {
    const pod = await getObject(object, hands)
    const refusal = refusalOf(pod)
    if (refusal !== null) {
      throw conflict(refusal, nameOf(object), 'make the pod anew instead: stella fix --recreate')
    }
    if (limitInForce(pod, container) === parseMemory(limit)) return
    if (hands.reader.now() > until) {
      throw conflict(
        'the kubelet has not resized it after 5 minutes',
        nameOf(object),
        'see the conditions of the pod with kubectl describe pod',
      )
    }
    await pause(LOOK_EVERY_MS, undefined, { signal: hands.signal })
  }
}

/** `Infeasible` and errors end it; `Deferred` may still be made when others leave the node. */
function refusalOf(pod: unknown): string | null {
  for (const condition of listField(pod, 50, 'status', 'conditions')) {
    const type = textField(condition, 'type')
    const reason = textField(condition, 'reason')
    const message = (textField(condition, 'message') ?? '').slice(0, 300)
    if (field(condition, 'status') !== 'True') continue
    const isRefused = type === 'PodResizePending' && reason === 'Infeasible'
    const isFailed = type === 'PodResizeInProgress' && reason === 'Error'
    if (isRefused || isFailed) return `the kubelet cannot resize it: ${message}`
  }
  return null
}

function limitInForce(pod: unknown, container: string): number | null {
  for (const list of ['containerStatuses', 'initContainerStatuses']) {
    for (const status of listField(pod, 500, 'status', list)) {
      if (textField(status, 'name') !== container) continue
      return parseMemory(field(status, 'resources', 'limits', 'memory'))
    }
  }
  return null
}
