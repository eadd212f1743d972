import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod/mini'
import { field, listField, numberField, textField } from '../../../parsers/json-fields.ts'
import { conflict } from '../../conflict.ts'
import type { Hands } from '../../driver.ts'
import { ChangeData, presentIn } from './change.ts'
import { getObject, nameOf, openCluster, type ApiObject } from './cluster.ts'
import { sameMemory } from './containers.ts'
import { holdersOf } from './managers.ts'
import { troubleOf } from './pods.ts'

/** Until the pods of an owner are the new ones. */
export const RolloutData = z.object({ kind: z.literal('rollout'), of: ChangeData })

const LOOK_EVERY_MS = 1_000
/** A rollout in which nothing happens for so long has failed: the usual progressDeadlineSeconds of a Deployment. */
const STANDSTILL_MS = 10 * 60_000
/** Pods that cannot be made are tried again by the controller: a quota may get free meanwhile. */
const UNMADE_MS = 30_000

/** @throws StellaError where the new pods do not become ready, or somebody writes over the template meanwhile */
export async function rolloutEnd({ of }: z.infer<typeof RolloutData>, hands: Hands): Promise<void> {
  const cluster = await openCluster(hands)
  const { now } = hands.reader
  let seen = ''
  let movedAt = now()
  for (;;) {
    const object = await getObject(of.object, cluster)
    refuseOverwritten(object, of)
    const state = rolloutOf(object)
    if (state.kind === 'over') return
    const still = state.counts === seen ? now() - movedAt : 0
    if (still === 0) [seen, movedAt] = [state.counts, now()]
    const place = { namespace: of.object.namespace, container: of.container, limit: of.after.limit }
    const trouble = await troubleOf(object, place, cluster)
    const why = [state.says, trouble?.says].filter((one) => one !== undefined && one !== null)
    const isOver =
      state.kind === 'failed' ||
      trouble?.isFinal === true ||
      still > (state.kind === 'unmade' ? UNMADE_MS : STANDSTILL_MS)
    if (isOver) {
      throw conflict(
        `the new pods do not become ready: ${why.join('; ')}`,
        nameOf(of.object),
        `see why with kubectl -n ${of.object.namespace} describe ${of.object.kind} ${of.object.name}`,
      )
    }
    await pause(LOOK_EVERY_MS, undefined, { signal: hands.signal })
  }
}

function refuseOverwritten(object: ApiObject, of: ChangeData): void {
  const now = presentIn(object, of)
  if (now !== null && sameMemory(now, of.after)) return
  const [by] = holdersOf(object, of, 'limits')
  throw conflict(
    `somebody wrote over it: the limit is ${now?.limit ?? 'none'} again${by === undefined ? '' : `, by ${by.manager}`}`,
    nameOf(of.object),
    'change it where it is taken from: --for kustomize and --for helm write the change',
  )
}

interface RolloutState {
  /** `unmade`: the controller cannot make its pods. */
  kind: 'over' | 'goes-on' | 'unmade' | 'failed'
  says: string | null
  /** As long as these are the same, nothing happens. */
  counts: string
}

/** As `kubectl rollout status` judges (k8s.io/kubectl, rollout_status.go). */
export function rolloutOf(object: ApiObject): RolloutState {
  const status = (key: string): number => numberField(object, 'status', key) ?? 0
  const [updated, available] = isDaemonSet(object)
    ? [status('updatedNumberScheduled'), status('numberAvailable')]
    : [status('updatedReplicas'), status('availableReplicas')]
  const wanted = isDaemonSet(object)
    ? status('desiredNumberScheduled')
    : (numberField(object, 'spec', 'replicas') ?? 1)
  const counts = [updated, available, wanted, status('replicas'), status('readyReplicas')].join(' ')
  const seen = status('observedGeneration')
  const says = `${updated} of ${wanted} are new, ${available} available`
  if (seen < (numberField(object, 'metadata', 'generation') ?? 0)) {
    return {
      kind: 'goes-on',
      says: 'the controller has not seen the change',
      counts: `${counts} ${seen}`,
    }
  }
  const late = conditionOf(object, 'Progressing', 'False')
  if (late !== null) return { kind: 'failed', says: `${says}; ${late}`, counts }
  const isNew = updated >= wantedNew(object, wanted)
  const isGone = textField(object, 'kind') !== 'Deployment' || status('replicas') <= updated
  const isReady =
    textField(object, 'kind') === 'StatefulSet'
      ? status('readyReplicas') >= wanted
      : available >= wanted
  if (isNew && isGone && isReady) return { kind: 'over', says: null, counts }
  const unmade = conditionOf(object, 'ReplicaFailure', 'True')
  return unmade === null
    ? { kind: 'goes-on', says, counts }
    : { kind: 'unmade', says: `${says}; ${unmade}`, counts }
}

function isDaemonSet(object: ApiObject): boolean {
  return textField(object, 'kind') === 'DaemonSet'
}

/** Those of a StatefulSet that stand below its partition stay as they are. */
function wantedNew(object: ApiObject, wanted: number): number {
  const partition = field(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  return typeof partition === 'number' ? Math.max(0, wanted - partition) : wanted
}

function conditionOf(object: ApiObject, type: string, status: string): string | null {
  for (const condition of listField(object, 50, 'status', 'conditions')) {
    if (textField(condition, 'type') !== type || textField(condition, 'status') !== status) continue
    return (textField(condition, 'message') ?? textField(condition, 'reason') ?? type).slice(0, 500)
  }
  return null
}
