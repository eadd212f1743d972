import { limitOrNull } from '../../model/bytes.ts'
import type { ContainerState } from '../../model/facts.ts'
import { instantOf } from '../instant.ts'
import { booleanField, isRecord, numberField, textField } from '../json-fields.ts'
import { integerAt, recordAt, stringsAt } from '../json.ts'
import type { JsonRecord } from '../json.ts'

/**
 * One object of `docker inspect`, `podman inspect` or `GET /containers/{id}/json`.
 * Null where it is no container: an image, a network, a volume.
 */
export function containerState(object: JsonRecord): ContainerState | null {
  const state = recordAt(object, 'State')
  const id = textField(object, 'Id')
  const config = recordAt(object, 'Config')
  const host = recordAt(object, 'HostConfig')
  if (state === null || id === null || (config === null && host === null)) return null

  const status = textField(state, 'Status')
  const running = booleanField(state, 'Running')
  const memorySwap = numberField(host, 'MemorySwap')
  return {
    kind: 'container-state',
    engine: isPodman(object) ? 'podman' : 'docker',
    id,
    name: textField(object, 'Name')?.replace(/^\//, '') ?? null,
    image:
      textField(object, 'ImageName') ?? textField(config, 'Image') ?? textField(object, 'Image'),
    status,
    running,
    pid: positive(integerAt(state, 'Pid')),
    exitCode: exitCode(state, status, running),
    oomKilled: booleanField(state, 'OOMKilled'),
    error: textField(state, 'Error'),
    startedAt: instantOf(textField(state, 'StartedAt')),
    finishedAt: instantOf(textField(state, 'FinishedAt')),
    restartCount: integerAt(object, 'RestartCount'),
    restartPolicy: textField(recordAt(host, 'RestartPolicy'), 'Name'),
    memoryLimitBytes: limitOrNull(positive(numberField(host, 'Memory'))),
    memorySwapBytes: limitOrNull(positive(memorySwap)),
    memorySwapUnlimited: memorySwap === -1,
    memoryReservationBytes: limitOrNull(positive(numberField(host, 'MemoryReservation'))),
    shmSizeBytes: positive(numberField(host, 'ShmSize')),
    oomKillDisable: booleanField(host, 'OomKillDisable') ?? false,
    oomScoreAdj: integerAt(host, 'OomScoreAdj'),
    cgroupParent: textField(host, 'CgroupParent'),
    command: command(object),
    env: stringsAt(config, 'Env'),
    labels: labels(config),
    health: health(state),
  }
}

/** podman writes what docker does not know: its OCI runtime's files, and the image's name beside its id. */
function isPodman(object: JsonRecord): boolean {
  return ['ImageName', 'OCIRuntime', 'ConmonPidFile', 'IsInfra'].some((key) =>
    Object.hasOwn(object, key),
  )
}

/** Engines write 0 for a container that never ended; 0 is then no exit code. A restarting one shows how its last run ended. */
function exitCode(
  state: JsonRecord,
  status: string | null,
  running: boolean | null,
): number | null {
  const code = integerAt(state, 'ExitCode')
  if (running === true && booleanField(state, 'Restarting') !== true) return null
  if (code === 0 && (status === 'created' || status === 'configured' || status === 'initialized'))
    return null
  return code
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null
}

function command(object: JsonRecord): string[] {
  const path = textField(object, 'Path')
  return path === null ? [] : [path, ...stringsAt(object, 'Args')]
}

function labels(config: JsonRecord | null): Record<string, string> {
  const pairs = Object.entries(recordAt(config, 'Labels') ?? {})
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}

/** podman before 4 writes `Healthcheck`. "none" and "" stand for a container without a health check. */
function health(state: JsonRecord): string | null {
  const check = state['Health'] ?? state['Healthcheck']
  const status = isRecord(check) ? textField(check, 'Status') : null
  return status === 'none' ? null : status
}
