/** A case as an Event of Kubernetes about the pod that it happened to. */
import { createHash } from 'node:crypto'
import { redactText } from '../../evidence/redact-text.ts'
import { CASE_ANNOTATION } from '../../parsers/kubernetes/told-kill.ts'
import type { Case, VerdictCode } from '../../model/case.ts'
import type { ProcessMemory } from '../../model/memory.ts'
import type { Instant } from '../../model/time.ts'
import { billWords } from '../../report/words.ts'
import type { PodPlace } from '../pods.ts'

export interface PodEvent {
  namespace: string
  /** The same for each kill of one container at one limit: a crash loop is one Event. */
  name: string
  at: Instant
  /** The same kill has the same one. */
  incident: string
  /** Value of the annotation {@link CASE_ANNOTATION}. */
  annotation: string
  /** What is sent first; `events.k8s.io/v1` lets nothing of it be changed but the series and the annotations. */
  body: Readonly<Record<string, unknown>>
}

export interface KillInPod {
  incident: string
  found: Case
  place: PodPlace
  /** Name of the node, as the API server knows it. */
  node: string
  now: Instant
}

/** Of a note, in bytes; the API server refuses more. */
const MAX_NOTE_BYTES = 1_024
const MAX_ANNOTATION_BYTES = 4_096
const MAX_LINE = 600
const MAX_VICTIMS = 4
const MAX_ITEMS = 4
/** Names of objects have 253 characters at most, and these end with a dot and a hash. */
const MAX_POD_NAME = 200
const HASH_DIGITS = 16

/** Reasons are words of people: one verb or state, in CamelCase, as those of the kubelet. */
const REASONS: Readonly<Partial<Record<VerdictCode, string>>> = {
  'oom-own-limit': 'MemoryLimitReached',
  'oom-ancestor-limit': 'MemoryLimitAboveReached',
  'oom-nested-limit': 'MemoryLimitInsideReached',
  'oom-host': 'NodeOutOfMemory',
  'oom-numa': 'NumaNodeOutOfMemory',
  'oom-manual': 'OutOfMemoryKillByHand',
  'oom-no-victim': 'MemoryLimitWithoutVictim',
  'oom-userspace': 'KilledForMemoryByDaemon',
}

/** Null: a case of this kind is nothing to tell the pod of. */
export function podEvent(kill: KillInPod): PodEvent | null {
  const { found, place, incident, node, now } = kill
  const { pod, container } = place
  const reason = REASONS[found.verdict.code]
  if (reason === undefined) return null
  const name = `${nameStart(pod.name)}.${hashOf([
    pod.uid,
    container?.name ?? '',
    found.verdict.code,
    String(found.binding.limitBytes),
  ])}`
  const at = found.at ?? now
  const annotation = annotationOf(kill)
  return {
    namespace: pod.namespace,
    name,
    at,
    incident,
    annotation,
    body: {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace: pod.namespace, annotations: { [CASE_ANNOTATION]: annotation } },
      regarding: {
        kind: 'Pod',
        apiVersion: 'v1',
        namespace: pod.namespace,
        name: pod.name,
        uid: pod.uid,
        ...(container === null ? {} : { fieldPath: fieldPath(container) }),
      },
      eventTime: microTime(at),
      type: 'Warning',
      reason,
      action: found.verdict.code === 'oom-no-victim' ? 'Stalled' : 'Killed',
      reportingController: 'stella.dev/agent',
      reportingInstance: node.slice(0, 128),
      note: noteOf(found, place),
    },
  }
}

/** As the API writes times with fractions: six digits, no more and no fewer. */
export function microTime(at: Instant): string {
  return new Date(at).toISOString().replace(/Z$/, '000Z')
}

/** The annotation of an Event that is there already tells of this kill. */
export function incidentIn(annotation: string | null): string | null {
  return /"incident":"([^"\\]{1,200})"/.exec(annotation ?? '')?.[1] ?? null
}

function nameStart(pod: string): string {
  return pod.slice(0, MAX_POD_NAME).replace(/(?<![^a-z0-9])[^a-z0-9]+$/, '')
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, HASH_DIGITS)
}

const LISTS = {
  init: 'initContainers',
  sidecar: 'initContainers',
  ephemeral: 'ephemeralContainers',
  main: 'containers',
} as const

function fieldPath({ name, role }: NonNullable<PodPlace['container']>): string {
  return `spec.${LISTS[role]}{${name}}`
}

function noteOf(found: Case, { pod }: PodPlace): string {
  const bill = found.bill === null ? '' : billWords(found.bill)
  const items = bill === '' ? '' : ` Its memory: ${bill}.`
  const next = ` See: kubectl stella why ${pod.namespace}/${pod.name}`
  const room = MAX_NOTE_BYTES - Buffer.byteLength(next)
  return cutTo(redactText(`${found.verdict.summary}${items}`), room) + next
}

/** Cut between characters, so that what is left is text. */
function cutTo(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  let length = 0
  let cut = ''
  for (const character of text) {
    length += Buffer.byteLength(character)
    if (length > maxBytes - Buffer.byteLength('…')) break
    cut += character
  }
  return `${cut}…`
}

/** What a program reads of it, `why k8s:` among them: `stella.event/1`. */
function annotationOf(kill: KillInPod): string {
  for (let victims = MAX_VICTIMS; victims > 0; victims--) {
    for (const line of [kernelLine(kill.found), null]) {
      const text = JSON.stringify(documentOf(kill, { victims, line }))
      if (Buffer.byteLength(text) <= MAX_ANNOTATION_BYTES) return text
    }
  }
  return JSON.stringify(documentOf(kill, { victims: 0, line: null }))
}

function documentOf(
  { found, place, incident, node }: KillInPod,
  { victims, line }: { victims: number; line: string | null },
) {
  const { verdict, binding, bill, trigger, at } = found
  return {
    /** What stands in the annotation of an Event that stella writes for a pod. */
    schema: 'stella.event/1',
    incident,
    case: found.id,
    code: verdict.code,
    confidence: verdict.confidence,
    at: at === null ? null : new Date(at).toISOString(),
    node,
    podUid: place.pod.uid,
    container: place.container?.name ?? null,
    containerId: place.containerId,
    owner: place.pod.owner,
    constraint: constraintIn(line ?? kernelLine(found)),
    cgroup: binding.path,
    taskCgroup: /\btask_memcg=([^,\s]+)/.exec(kernelLine(found) ?? '')?.[1] ?? null,
    limitBytes: binding.limitBytes,
    usageBytes: binding.usageBytes,
    mainProcessDied: verdict.mainProcessDied,
    victims: found.victims.slice(0, victims).map(victimOf),
    moreVictims: Math.max(0, found.victims.length - victims),
    trigger: trigger === null ? null : { pid: trigger.pid, name: trigger.name },
    items: (bill?.items ?? [])
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, MAX_ITEMS)
      .map(({ name, bytes }) => ({ name, bytes })),
    line,
  }
}

function victimOf(victim: ProcessMemory) {
  const { pid, name, uid, anonRssBytes, fileRssBytes, shmemRssBytes } = victim
  const { totalVmBytes, pageTableBytes, oomScoreAdj } = victim
  return {
    pid,
    name,
    uid,
    anonRssBytes,
    fileRssBytes,
    shmemRssBytes,
    totalVmBytes,
    pageTableBytes,
    oomScoreAdj,
  }
}

/** The kernel's summary of the kill, without what the log puts before it. */
function kernelLine(found: Case): string | null {
  for (const { excerpt } of found.evidence) {
    const line = /\boom-kill:constraint=[^\n]+/.exec(excerpt)?.[0]
    if (line !== undefined) return redactText(line.slice(0, MAX_LINE))
  }
  return null
}

/** `enum oom_constraint`, as mm/oom_kill.c prints it. */
function constraintIn(line: string | null): string | null {
  const word = /\bconstraint=CONSTRAINT_(\w+)/.exec(line ?? '')?.[1]
  return word === undefined ? null : word.toLowerCase().replace('_', '-')
}
