import type { Observation } from '../../model/evidence.ts'
import type { NodeState } from '../../model/cluster.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin, TextFormat } from '../format.ts'
import type { DescribeLine } from './describe.ts'

import { describeInstant, describeValue, readDescribeLine, readEventRow } from './describe.ts'
import { conditionStatus, describeNode } from './node.ts'
import { detached, linesOf } from '../lines.ts'
import { observe } from './observation.ts'
import { parseMemory } from './quantity.ts'

const MAX_OBSERVATIONS = 20_000

/** `kubectl describe node`: memory, the MemoryPressure condition, and the node's events. */
export const describedNodes: TextFormat = {
  id: 'kubectl-describe-node',

  recognise(head) {
    return (
      /^Name: {2,}\S/m.test(head) &&
      /^Conditions:/m.test(head) &&
      /^ {2}MemoryPressure\s/m.test(head) &&
      /^Capacity:/m.test(head)
    )
  },

  parse(text, origin) {
    const observations: Observation[] = []
    let draft: NodeDraft | null = null
    for (const row of linesOf(text)) {
      const line = readDescribeLine(detached(row.text), row.number)
      if (line.indent === 0 && line.key === 'Name') {
        finish(draft, origin, observations)
        draft = newNodeDraft(line)
      } else if (draft !== null) {
        applyNodeLine(draft, line)
      }
      if (observations.length >= MAX_OBSERVATIONS) return observations
    }
    finish(draft, origin, observations)
    return observations
  },
}

interface NodeDraft {
  line: number
  name: string | null
  section: string
  fact: NodeState
  heartbeat: Instant | null
  events: DescribeLine[]
  excerpt: string[]
}

function newNodeDraft(line: DescribeLine): NodeDraft {
  const name = describeValue(line.value)
  return {
    line: line.line,
    name,
    section: '',
    fact: {
      kind: 'node-state',
      name: name ?? '',
      capacityMemoryBytes: null,
      allocatableMemoryBytes: null,
      swapCapacityBytes: null,
      memoryPressure: null,
      kernelVersion: null,
      containerRuntime: null,
    },
    heartbeat: null,
    events: [],
    excerpt: [],
  }
}

function applyNodeLine(draft: NodeDraft, line: DescribeLine): void {
  if (line.indent === 0 && line.key !== null) {
    draft.section = line.key
    return
  }
  const { fact } = draft
  if (draft.section === 'Conditions' && line.text.startsWith('MemoryPressure')) {
    const [, status, heartbeat] = line.text.split(/ {2,}/)
    fact.memoryPressure = conditionStatus(status ?? null)
    draft.heartbeat = describeInstant(heartbeat ?? '')
    draft.excerpt.push(line.text)
  } else if (draft.section === 'Capacity' && line.key === 'memory') {
    fact.capacityMemoryBytes = parseMemory(line.value)
    draft.excerpt.push(`Capacity ${line.text}`)
  } else if (draft.section === 'Allocatable' && line.key === 'memory') {
    fact.allocatableMemoryBytes = parseMemory(line.value)
    draft.excerpt.push(`Allocatable ${line.text}`)
  } else if (draft.section === 'System Info') {
    if (line.key === 'Kernel Version') fact.kernelVersion = describeValue(line.value)
    if (line.key === 'Container Runtime Version') fact.containerRuntime = describeValue(line.value)
  } else if (draft.section === 'Events' && draft.events.length < MAX_OBSERVATIONS) {
    draft.events.push(line)
  }
}

function finish(draft: NodeDraft | null, origin: Origin, observations: Observation[]): void {
  if (draft === null || draft.name === null) return
  observations.push(
    observe(origin, {
      fact: draft.fact,
      at: draft.heartbeat ?? origin.readAt,
      says: describeNode(draft.fact),
      excerpt: [`Name: ${draft.name}`, ...draft.excerpt].join('\n'),
      line: draft.line,
    }),
  )
  const subject = { kind: 'Node', namespace: null, name: draft.name, uid: null }
  for (const row of draft.events) {
    const event = readEventRow(row, subject, origin.readAt)
    if (event !== null)
      observations.push(observe(origin, { ...event, excerpt: row.text, line: row.line }))
  }
}
