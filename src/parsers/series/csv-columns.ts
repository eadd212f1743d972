import type { Sample } from '../../model/series.ts'

export type Figure = Exclude<keyof Sample, 'at'>

/** What a column of a table means. */
export type Column =
  | { kind: 'time' }
  | { kind: 'figure'; figure: Figure }
  /** Whose value names the life: another one is another life. */
  | { kind: 'life' }
  /** `start: restarted; change: …`, as our own export writes it. */
  | { kind: 'marks' }

const FIGURES: Readonly<Record<string, Figure>> = {
  bytes: 'usageBytes',
  usage: 'usageBytes',
  memory: 'usageBytes',
  value: 'usageBytes',
  rss: 'usageBytes',
  current: 'usageBytes',
  memory_current: 'usageBytes',
  memory_usage: 'usageBytes',
  usage_in: 'usageBytes',
  working_set: 'workingSetBytes',
  workingset: 'workingSetBytes',
  unreclaimable: 'unreclaimableBytes',
  anon: 'anonBytes',
  anonymous: 'anonBytes',
  file: 'fileBytes',
  page_cache: 'fileBytes',
  shmem: 'shmemBytes',
  tmpfs: 'shmemBytes',
  kernel: 'kernelBytes',
  socket: 'socketBytes',
  sockets: 'socketBytes',
  sock: 'socketBytes',
  swap: 'swapBytes',
  limit: 'limitBytes',
  memory_limit: 'limitBytes',
  memory_max: 'limitBytes',
  peak: 'peakBytes',
  memory_peak: 'peakBytes',
  limit_hits: 'limitHits',
  failcnt: 'limitHits',
  oom_kills: 'oomKills',
  oom_kill: 'oomKills',
  processes: 'processes',
  pids: 'processes',
  load: 'load',
  connections: 'load',
  requests: 'load',
  workers: 'load',
}

const TIMES = new Set(['time', 'timestamp', 't', 'at', 'date', 'unix', 'unix_time', 'epoch'])
const LIVES = new Set(['life', 'container_id', 'pod_uid', 'start_time', 'started'])

/** What a header's name means; null: nothing that we know. */
export function columnNamed(name: string): Column | null {
  const key = name
    .toLowerCase()
    .replace(/[\s.-]+/g, '_')
    .replace(/_(?:in_)?bytes$/, '')
  if (TIMES.has(key)) return { kind: 'time' }
  if (LIVES.has(key)) return { kind: 'life' }
  if (key === 'marks') return { kind: 'marks' }
  const figure = Object.hasOwn(FIGURES, key) ? FIGURES[key] : undefined
  return figure === undefined ? null : { kind: 'figure', figure }
}

/** Counts and loads are no sizes: they are told as they stand. */
export function isSize(figure: Figure): boolean {
  return figure.endsWith('Bytes')
}
