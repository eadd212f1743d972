import { containerStatuses } from '../../../parsers/kubernetes/pod-parts.ts'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod/mini'
import { listField, textField } from '../../../parsers/json-fields.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { conflict } from '../../conflict.ts'
import type { Hands } from '../../driver.ts'
import { getObject, KIND_NAMES, nameOf, openCluster } from './cluster.ts'
import { field } from '../../../parsers/json-fields.ts'

/** Until the kubelet has given a container its new limit. */
export const ResizedData = z.object({
  kind: z.literal('resized'),
  object: z.object({ kind: z.enum(KIND_NAMES), namespace: z.string(), name: z.string() }),
  container: z.string(),
  limit: z.string(),
})

const LONGEST_MS = 5 * 60_000
const LOOK_EVERY_MS = 500

/** @throws StellaError where the node has no room, or the container uses more than a lowered limit */
export async function resizeEnd(
  { object, container, limit }: z.infer<typeof ResizedData>,
  hands: Hands,
): Promise<void> {
  const cluster = await openCluster(hands)
  const until = hands.reader.now() + LONGEST_MS
  for (;;) {
    const pod = await getObject(object, cluster)
    if (limitInForce(pod, container) === parseMemory(limit)) return
    const obstacle = obstacleIn(pod)
    if (obstacle?.isFinal === true) {
      throw conflict(
        obstacle.says,
        nameOf(object),
        'make the pod anew instead: stella fix --recreate',
      )
    }
    if (hands.reader.now() > until) {
      throw conflict(
        `the kubelet has not resized it after 5 minutes${obstacle === null ? '' : `: ${obstacle.says}`}`,
        nameOf(object),
        'see the conditions of the pod with kubectl describe pod',
      )
    }
    await pause(LOOK_EVERY_MS, undefined, { signal: hands.signal })
  }
}

/** `Infeasible` and errors end it; `Deferred` may still be made when others leave the node. */
function obstacleIn(pod: unknown): { says: string; isFinal: boolean } | null {
  for (const condition of listField(pod, 50, 'status', 'conditions')) {
    const type = textField(condition, 'type')
    const reason = textField(condition, 'reason')
    const message = (textField(condition, 'message') ?? '').slice(0, 300)
    if (field(condition, 'status') !== 'True') continue
    const isRefused = type === 'PodResizePending' && reason === 'Infeasible'
    const isFailed = type === 'PodResizeInProgress' && reason === 'Error'
    if (isRefused || isFailed) {
      return { says: `the kubelet cannot resize it: ${message}`, isFinal: true }
    }
    if (type === 'PodResizePending') {
      return {
        says: `the kubelet puts it off (${reason ?? 'no reason'}): ${message}`,
        isFinal: false,
      }
    }
  }
  return null
}

function limitInForce(pod: unknown, container: string): number | null {
  const status = containerStatuses(pod).find((one) => textField(one, 'name') === container)
  return parseMemory(field(status, 'resources', 'limits', 'memory'))
}
