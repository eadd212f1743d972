import type { Observation } from '../../model/evidence.ts'
import type { NodeState } from '../../model/cluster.ts'
import type { Origin } from '../format.ts'
import type { ApiObject } from './documents.ts'

import { formatBytes } from '../../model/bytes.ts'
import {
  field,
  instantField,
  listField,
  amountField,
  textField,
  writeJson,
} from '../json-fields.ts'
import { observe } from './observation.ts'
import { parseMemory } from './quantity.ts'

const MAX_CONDITIONS = 100

/** A Node object: its memory, and whether the kubelet reports memory pressure. */
export function readNode(object: ApiObject, origin: Origin): Observation<NodeState> | null {
  const node = object.value
  const name = textField(node, 'metadata', 'name')
  if (name === null) return null
  const pressure = listField(node, MAX_CONDITIONS, 'status', 'conditions').find(
    (condition) => textField(condition, 'type') === 'MemoryPressure',
  )
  const fact: NodeState = {
    kind: 'node-state',
    name,
    capacityMemoryBytes: parseMemory(field(node, 'status', 'capacity', 'memory')),
    allocatableMemoryBytes: parseMemory(field(node, 'status', 'allocatable', 'memory')),
    swapCapacityBytes: amountField(node, 'status', 'nodeInfo', 'swap', 'capacity'),
    memoryPressure: conditionStatus(textField(pressure, 'status')),
    kernelVersion: textField(node, 'status', 'nodeInfo', 'kernelVersion'),
    containerRuntime: textField(node, 'status', 'nodeInfo', 'containerRuntimeVersion'),
  }
  return observe(origin, {
    fact,
    at: instantField(pressure, 'lastHeartbeatTime') ?? origin.readAt,
    says: describeNode(fact),
    excerpt: writeJson({
      name,
      capacity: field(node, 'status', 'capacity'),
      allocatable: field(node, 'status', 'allocatable'),
      pressure,
    }),
    line: object.line,
  })
}

/** A condition is True, False or Unknown: the kubelet has gone silent. */
export function conditionStatus(status: string | null): boolean | null {
  if (status === 'True') return true
  return status === 'False' ? false : null
}

export function describeNode(node: NodeState): string {
  const memory =
    node.capacityMemoryBytes === null
      ? 'unknown memory'
      : `${formatBytes(node.capacityMemoryBytes)} of memory`
  const pressure =
    node.memoryPressure === null
      ? 'memory pressure unknown'
      : node.memoryPressure
        ? 'under memory pressure'
        : 'no memory pressure'
  return `Node ${node.name} has ${memory}, ${pressure}`
}
