/** What the moves need to know of a container, out of its inspect output. */
import { unreachableError } from '../../../model/errors.ts'
import type { JsonObject } from '../../../model/fix.ts'
import { containerState } from '../../../parsers/docker/container-state.ts'
import { isRecord, numberField, textField } from '../../../parsers/json-fields.ts'
import { recordAt } from '../../../parsers/json.ts'

/** Docker's own words and numbers: 0 is not set, -1 is unlimited. */
export interface MemorySettings {
  Memory: number
  MemorySwap: number
  MemoryReservation: number
}

export interface Inspected {
  id: string
  name: string
  image: string | null
  imageId: string | null
  command: readonly string[]
  /** `running`, `exited`, `created`, `paused`, `restarting`, … */
  status: string
  running: boolean
  pid: number | null
  exitCode: number | null
  oomKilled: boolean
  memory: MemorySettings
  /** Seconds it has after its stop signal. */
  stopSeconds: number
  labels: Readonly<Record<string, string>>
  autoRemove: boolean
}

const DEFAULT_STOP_SECONDS = 10

export function inspected(object: JsonObject): Inspected {
  const state = containerState({ ...object })
  if (state === null || state.name === null) {
    throw unreachableError(
      'Docker describes the container in a way that is not known',
      null,
      'see docker inspect',
    )
  }
  const host = recordAt(object, 'HostConfig')
  return {
    id: state.id,
    name: state.name,
    image: state.image,
    imageId: textField(object, 'Image'),
    command: state.command,
    status: state.status ?? 'unknown',
    running: state.running ?? false,
    pid: state.pid,
    exitCode: state.exitCode,
    oomKilled: state.oomKilled ?? false,
    memory: memorySettings(host),
    stopSeconds: numberField(object, 'Config', 'StopTimeout') ?? DEFAULT_STOP_SECONDS,
    labels: state.labels,
    autoRemove: host?.['AutoRemove'] === true,
  }
}

export function memorySettings(host: unknown): MemorySettings {
  const of = (key: string): number => (isRecord(host) ? (numberField(host, key) ?? 0) : 0)
  return {
    Memory: of('Memory'),
    MemorySwap: of('MemorySwap'),
    MemoryReservation: of('MemoryReservation'),
  }
}

export function sameMemory(one: MemorySettings, other: MemorySettings): boolean {
  return (
    one.Memory === other.Memory &&
    one.MemorySwap === other.MemorySwap &&
    one.MemoryReservation === other.MemoryReservation
  )
}

/** It ended by itself and not well: it was meant to run. 130 and 143 are how a program ends that was told to. */
export function died({ status, exitCode, oomKilled }: Inspected): boolean {
  if (status !== 'exited') return false
  return oomKilled || (exitCode !== null && ![0, 130, 143].includes(exitCode))
}
