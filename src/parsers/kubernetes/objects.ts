import type { Observation } from '../../model/evidence.ts'
import type { Origin, TextFormat } from '../format.ts'
import type { ApiObject } from './documents.ts'

import { readApiObjects } from './documents.ts'
import { readEvent } from './event.ts'
import { kindPattern, PLAN_KINDS, TELLING_KINDS } from './kinds.ts'
import type { TellingKind } from './kinds.ts'
import { readNode } from './node.ts'
import { readPodMetrics } from './pod-metrics.ts'
import { readPod } from './pod.ts'
import { readToldKill } from './told-kill.ts'
import { readWorkloadVersion } from './workload-version.ts'

const KINDS = kindPattern([...TELLING_KINDS, ...PLAN_KINDS])
const VERSIONS = String.raw`(?:(?:apps/|batch/)?v1|(?:events|metrics)\.k8s\.io/v1(?:beta1)?)`
const JSON_KIND = new RegExp(String.raw`"kind"\s*:\s*"${KINDS}"`)
const JSON_VERSION = new RegExp(String.raw`"apiVersion"\s*:\s*"${VERSIONS}"`)
const YAML_KIND = new RegExp(String.raw`^(?:- |  )?kind:\s*["']?${KINDS}["']?\s*$`, 'm')
const YAML_VERSION = new RegExp(String.raw`^(?:- |  )?apiVersion:\s*["']?${VERSIONS}["']?\s*$`, 'm')
const ANY_KIND = /["']?\bkind["']?\s*:\s*["']?([A-Za-z]{1,60})/g

type Read = (object: ApiObject, origin: Origin) => Observation | readonly Observation[] | null

const READERS: Readonly<Record<TellingKind, readonly Read[]>> = {
  Pod: [readPod],
  Event: [readEvent, readToldKill],
  Node: [readNode],
  ReplicaSet: [readWorkloadVersion],
  ControllerRevision: [readWorkloadVersion],
  Job: [readWorkloadVersion],
  PodMetrics: [readPodMetrics],
}

/** What one API object says; nothing where it says nothing of memory. */
export function readObject(object: ApiObject, origin: Origin): Observation[] {
  const kind = TELLING_KINDS.find((one) => one === object.kind)
  return kind === undefined ? [] : READERS[kind].flatMap((read) => read(object, origin) ?? [])
}

/** Objects as `kubectl get -o json|yaml` and the API server write them. */
export const kubernetesObjects: TextFormat = {
  id: 'kubernetes-objects',

  recognise(head) {
    if (/^\s*[[{]/.test(head)) return JSON_VERSION.test(head) && JSON_KIND.test(head)
    return YAML_VERSION.test(head) && YAML_KIND.test(head)
  },

  parse(text, origin) {
    return readApiObjects(text).flatMap((object) => readObject(object, origin))
  },

  /** Where nothing but plans stands in it. */
  unread(text, from) {
    const kinds = new Set<string>()
    for (const [, kind = ''] of text.matchAll(ANY_KIND)) kinds.add(kind.replace(/List$/, ''))
    const plan = PLAN_KINDS.find((kind) => kinds.has(kind))
    if (plan === undefined || TELLING_KINDS.some((kind) => kinds.has(kind))) return []
    return [
      `${from}: a ${plan} says what shall run, and nothing of what happened; stella audit judges it`,
    ]
  },
}
