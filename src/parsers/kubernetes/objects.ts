import type { Observation } from '../../model/evidence.ts'
import type { Origin, TextFormat } from '../format.ts'
import type { ApiObject } from './documents.ts'

import { readApiObjects } from './documents.ts'
import { readEvent } from './event.ts'
import { readNode } from './node.ts'
import { readPod } from './pod.ts'
import { readToldKill } from './told-kill.ts'

const KINDS = String.raw`(?:(?:Pod|Event|Node)(?:List)?|List)`
const JSON_KIND = new RegExp(String.raw`"kind"\s*:\s*"${KINDS}"`)
const JSON_VERSION = /"apiVersion"\s*:\s*"(?:v1|events\.k8s\.io\/v1(?:beta1)?)"/
const YAML_KIND = new RegExp(String.raw`^(?:- |  )?kind:\s*["']?${KINDS}["']?\s*$`, 'm')
const YAML_VERSION = /^(?:- |  )?apiVersion:\s*["']?(?:v1|events\.k8s\.io\/v1(?:beta1)?)["']?\s*$/m

type Read = (object: ApiObject, origin: Origin) => Observation | null

const READERS: Readonly<Record<string, readonly Read[]>> = {
  Pod: [readPod],
  Event: [readEvent, readToldKill],
  Node: [readNode],
}

/** What one API object says; nothing where it says nothing of memory. */
export function readObject(object: ApiObject, origin: Origin): Observation[] {
  const readers = Object.hasOwn(READERS, object.kind) ? READERS[object.kind] : undefined
  return (readers ?? []).flatMap((read) => read(object, origin) ?? [])
}

/** Pods, Events and Nodes as `kubectl get -o json|yaml` and the API server write them. */
export const kubernetesObjects: TextFormat = {
  id: 'kubernetes-objects',

  recognise(head) {
    if (/^\s*[[{]/.test(head)) return JSON_VERSION.test(head) && JSON_KIND.test(head)
    return YAML_VERSION.test(head) && YAML_KIND.test(head)
  },

  parse(text, origin) {
    return readApiObjects(text).flatMap((object) => readObject(object, origin))
  },
}
