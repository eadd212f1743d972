import { recordAt, type JsonRecord } from '../../parsers/json.ts'

/** What of an inspect bears on memory: what nobody judges, such as labels and log settings, may hold secrets. */
const TOP = [
  'Id',
  'Name',
  'Created',
  'Path',
  'Args',
  'RestartCount',
  'Image',
  'ImageName',
  'Mounts',
] as const
const STATE = [
  'Status',
  'Running',
  'Paused',
  'Restarting',
  'OOMKilled',
  'ExitCode',
  'StartedAt',
  'FinishedAt',
] as const
const CONFIG = ['Image', 'Env', 'Cmd', 'Entrypoint', 'Healthcheck'] as const
const HOST = [
  'Memory',
  'MemorySwap',
  'MemoryReservation',
  'MemorySwappiness',
  'KernelMemory',
  'OomKillDisable',
  'OomScoreAdj',
  'ShmSize',
  'IpcMode',
  'Tmpfs',
  'Mounts',
  'Binds',
  'RestartPolicy',
  'CgroupParent',
  'CgroupnsMode',
  'Runtime',
  'PidsLimit',
  'NanoCpus',
  'CpuPeriod',
  'CpuQuota',
  'CpusetCpus',
  'AutoRemove',
  'Ulimits',
  'Sysctls',
] as const

/** An inspect document, cut down to what bears on memory. */
export function keptOf(inspected: JsonRecord): JsonRecord {
  return {
    ...picked(inspected, TOP),
    State: picked(recordAt(inspected, 'State'), STATE),
    Config: picked(recordAt(inspected, 'Config'), CONFIG),
    HostConfig: picked(recordAt(inspected, 'HostConfig'), HOST),
  }
}

function picked(from: JsonRecord | null, keys: readonly string[]): JsonRecord {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = from !== null && Object.hasOwn(from, key) ? from[key] : null
      return value === null || value === '' ? [] : [[key, value]]
    }),
  )
}
