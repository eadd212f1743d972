import type { PodContainer, PodContainerState } from '../../model/cluster.ts'
import type { DescribeLine } from './describe.ts'

import { describeInstant, describeValue } from './describe.ts'
import { bareContainerId } from './pod.ts'
import { parseMemory } from './quantity.ts'

const MAX_WORDS = 500

/** A container of `kubectl describe pod` while its lines come in. */
export interface ContainerDraft {
  fact: Mutable<PodContainer>
  /** The field at indent 4 that the lines at indent 6 belong to. */
  block: string
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }

export function newContainerDraft(name: string, role: PodContainer['role']): ContainerDraft {
  return {
    fact: {
      name,
      role,
      containerId: null,
      image: null,
      memoryRequestBytes: null,
      memoryLimitBytes: null,
      command: [],
      env: [],
      restartCount: null,
      ready: null,
      state: null,
      lastState: null,
    },
    block: '',
  }
}

/** Takes over one line that stands below the container's name. */
export function applyContainerLine(draft: ContainerDraft, line: DescribeLine): void {
  if (line.indent === 4 && line.key !== null) return applyField(draft, line.key, line.value)
  if (line.indent >= 6) applyDetail(draft, line)
}

function applyField(draft: ContainerDraft, key: string, value: string): void {
  const { fact } = draft
  draft.block = key
  if (key === 'Container ID') fact.containerId = bareContainerId(describeValue(value))
  else if (key === 'Image') fact.image = describeValue(value)
  else if (key === 'Ready') fact.ready = value === 'True' ? true : value === 'False' ? false : null
  else if (key === 'Restart Count') fact.restartCount = integer(value)
  else if (key === 'State') fact.state = newState(value)
  else if (key === 'Last State') fact.lastState = newState(value)
}

function applyDetail(draft: ContainerDraft, line: DescribeLine): void {
  const { fact, block } = draft
  if (block === 'State') return applyState(fact.state, line)
  if (block === 'Last State') return applyState(fact.lastState, line)
  if (block === 'Command' || block === 'Args') {
    if (fact.command.length < MAX_WORDS) fact.command.push(line.text)
    return
  }
  if (block === 'Limits' && line.key === 'memory') fact.memoryLimitBytes = parseMemory(line.value)
  if (block === 'Requests' && line.key === 'memory')
    fact.memoryRequestBytes = parseMemory(line.value)
  // `<set to the key … in secret …>` and `(v1:metadata.name)` are not values.
  if (block === 'Environment' && line.key !== null && !/^[<(]/.test(line.value))
    if (fact.env.length < MAX_WORDS) fact.env.push(`${line.key}=${line.value}`)
}

function newState(value: string): Mutable<PodContainerState> | null {
  const phase = value.toLowerCase()
  if (phase !== 'waiting' && phase !== 'running' && phase !== 'terminated') return null
  return {
    phase,
    reason: null,
    message: null,
    exitCode: null,
    signal: null,
    startedAt: null,
    finishedAt: null,
    containerId: null,
  }
}

function applyState(state: Mutable<PodContainerState> | null, line: DescribeLine): void {
  if (state === null) return
  if (line.key === 'Reason') state.reason = describeValue(line.value)
  else if (line.key === 'Message') state.message = describeValue(line.value)
  else if (line.key === 'Exit Code') state.exitCode = integer(line.value)
  else if (line.key === 'Signal') state.signal = integer(line.value)
  else if (line.key === 'Started') state.startedAt = describeInstant(line.value)
  else if (line.key === 'Finished') state.finishedAt = describeInstant(line.value)
}

function integer(value: string): number | null {
  return /^\d{1,9}$/.test(value) ? Number(value) : null
}
