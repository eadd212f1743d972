import type { Observation } from '../../model/evidence.ts'
import type { PodContainer, PodState } from '../../model/cluster.ts'
import type { Origin, TextFormat } from '../format.ts'
import type { DescribeLine } from './describe.ts'

import { applyContainerLine, newContainerDraft, type ContainerDraft } from './describe-container.ts'
import { describeValue, readDescribeLine, readEventRow } from './describe.ts'
import { detached, linesOf } from '../lines.ts'
import { observe } from './observation.ts'
import { describePod } from './pod-words.ts'
import { lastEnd } from './pod.ts'

const MAX_OBSERVATIONS = 20_000
const MAX_CONTAINERS = 200
const EXCERPT_LINES = 60

const SECTIONS: ReadonlyMap<string, PodContainer['role']> = new Map([
  ['Init Containers', 'init'],
  ['Containers', 'main'],
  ['Ephemeral Containers', 'ephemeral'],
])

/** `kubectl describe pod`: one pod or several, with their events. */
export const describedPods: TextFormat = {
  id: 'kubectl-describe-pod',

  recognise(head) {
    return (
      /^Name: {2,}\S/m.test(head) &&
      /^Namespace: {2,}\S/m.test(head) &&
      /^(?:Init )?Containers:/m.test(head) &&
      /^Node: {2,}\S/m.test(head)
    )
  },

  parse(text, origin) {
    const observations: Observation[] = []
    let draft: PodDraft | null = null
    for (const row of linesOf(text)) {
      const line = readDescribeLine(detached(row.text), row.number)
      if (line.indent === 0 && line.key === 'Name') {
        finish(draft, origin, observations)
        draft = newPodDraft(line)
      } else if (draft !== null) {
        applyPodLine(draft, line)
      }
      if (observations.length >= MAX_OBSERVATIONS) return observations
    }
    finish(draft, origin, observations)
    return observations
  },
}

interface PodDraft {
  line: number
  fields: Map<string, string>
  section: string
  containers: ContainerDraft[]
  events: DescribeLine[]
  excerpt: string[]
}

function newPodDraft(line: DescribeLine): PodDraft {
  return {
    line: line.line,
    fields: new Map([['Name', line.value]]),
    section: '',
    containers: [],
    events: [],
    excerpt: [],
  }
}

function applyPodLine(draft: PodDraft, line: DescribeLine): void {
  if (line.indent === 0 && line.key !== null) {
    draft.section = line.key
    if (!draft.fields.has(line.key)) draft.fields.set(line.key, line.value)
    return
  }
  if (draft.section === 'Events') {
    if (draft.events.length < MAX_OBSERVATIONS) draft.events.push(line)
    return
  }
  const role = SECTIONS.get(draft.section)
  if (role === undefined) return
  if (line.indent === 2 && line.key !== null) {
    if (draft.containers.length < MAX_CONTAINERS)
      draft.containers.push(newContainerDraft(line.key, role))
    return
  }
  const container = draft.containers.at(-1)
  if (container === undefined) return
  applyContainerLine(container, line)
  if (/^(?:State|Last State|Reason|Exit Code|Signal|Finished|memory)$/.test(line.key ?? ''))
    if (draft.excerpt.length < EXCERPT_LINES) draft.excerpt.push(line.text)
}

function finish(draft: PodDraft | null, origin: Origin, observations: Observation[]): void {
  const name = describeValue(draft?.fields.get('Name') ?? '')
  const namespace = describeValue(draft?.fields.get('Namespace') ?? '')
  if (draft === null || name === null || namespace === null) return
  const value = (key: string): string | null => describeValue(draft.fields.get(key) ?? '')
  const containers = draft.containers.map((container) => container.fact)
  const fact: PodState = {
    kind: 'pod-state',
    namespace,
    name,
    uid: null,
    // `node1/192.0.2.2`
    node: value('Node')?.split('/')[0] ?? null,
    phase: phaseOf(value('Status')),
    reason: value('Reason'),
    message: value('Message'),
    qosClass: value('QoS Class'),
    restartPolicy: null,
    podMemoryLimitBytes: null,
    containers,
  }
  observations.push(
    observe(origin, {
      fact,
      at: lastEnd(containers) ?? origin.readAt,
      says: describePod(fact),
      excerpt: [`Name: ${name}`, ...headOf(draft), ...draft.excerpt].join('\n'),
      line: draft.line,
    }),
  )
  const subject = { kind: 'Pod', namespace, name, uid: null }
  for (const row of draft.events) {
    const event = readEventRow(row, subject, origin.readAt)
    if (event !== null)
      observations.push(observe(origin, { ...event, excerpt: row.text, line: row.line }))
  }
}

function headOf(draft: PodDraft): string[] {
  return ['Namespace', 'Status', 'Reason', 'Message'].flatMap((key) => {
    const value = draft.fields.get(key)
    return value === undefined ? [] : [`${key}: ${value}`]
  })
}

/** A pod that is being deleted is `Terminating (lasts 3m)`, which is not a phase. */
function phaseOf(status: string | null): string | null {
  return status !== null && /^(?:Pending|Running|Succeeded|Failed|Unknown)$/.test(status)
    ? status
    : null
}
