import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import { excerptOf } from '../../model/evidence.ts'
import type { CgroupState } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { amountField, field, isRecord, numberField, textField, writeJson } from '../json-fields.ts'
import { possibleInstant } from '../instant.ts'
import { observeTask } from './task-update.ts'

const MAX_CONTAINERS = 5_000

/** `/containers` of a Mesos agent: what each container that lives holds, as the agent reads it out of its memory group. */
export const mesosContainers: TextFormat = {
  id: 'mesos-containers',
  recognise(head) {
    return (
      /^\s*\[/.test(head) &&
      /"container_id"\s*:\s*"/.test(head) &&
      /"executor_id"\s*:/.test(head) &&
      /"(?:statistics|status)"\s*:/.test(head)
    )
  },

  parse(text, origin) {
    const list = parseJson(text)
    if (!Array.isArray(list)) return []
    return list.slice(0, MAX_CONTAINERS).flatMap((entry) => readContainer(entry, origin))
  },
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function readContainer(entry: unknown, origin: Origin): Observation[] {
  const containerId = textField(entry, 'container_id')
  const taskId = textField(entry, 'executor_id')
  const statistics = field(entry, 'statistics')
  if (containerId === null || taskId === null || !isRecord(statistics)) return []
  const state = 'TASK_RUNNING'
  const excerpt = writeJson({ container_id: containerId, executor_id: taskId })
  const words = { taskId, state, message: '', containerId, host: null }
  const running = observeTask(origin, 'mesos', { words, at: null, excerpt, line: null })
  const seconds = numberField(statistics, 'timestamp')
  const group = groupOf(statistics, containerId)
  const held: Observation<CgroupState> = {
    source: origin.source ?? 'mesos',
    at: seconds === null ? origin.readAt : possibleInstant(seconds * 1_000),
    says: describe(taskId, group),
    excerpt: excerptOf(writeJson(statistics)),
    from: origin.from,
    fact: group,
  }
  return [running, held]
}

/** Figures of memory.stat, by the names that the agent gives them (memory.cpp of both isolators). */
const STAT_V1: readonly [key: string, name: string][] = [
  ['mem_rss_bytes', 'total_rss'],
  ['mem_cache_bytes', 'total_cache'],
  ['mem_mapped_file_bytes', 'total_mapped_file'],
  ['mem_swap_bytes', 'total_swap'],
  ['mem_unevictable_bytes', 'total_unevictable'],
]
const STAT_V2: readonly [key: string, name: string][] = [
  ['mem_rss_bytes', 'anon'],
  ['mem_cache_bytes', 'file'],
  ['mem_mapped_file_bytes', 'file_mapped'],
  ['mem_kmem_usage_bytes', 'kernel'],
  ['mem_kmem_tcp_usage_bytes', 'sock'],
  ['mem_unevictable_bytes', 'unevictable'],
]

function groupOf(statistics: unknown, container: string): CgroupState {
  const of = (key: string): number | null => amountField(statistics, key)
  const version = isVersion2(statistics) ? 2 : 1
  const stat = new Map<string, number>()
  for (const [key, name] of version === 1 ? STAT_V1 : STAT_V2) {
    const bytes = of(key)
    if (bytes !== null) stat.set(name, bytes)
  }
  return {
    kind: 'cgroup-state',
    path: null,
    container,
    version,
    usageBytes: of('mem_total_bytes'),
    limitBytes: of('mem_limit_bytes'),
    unlimited: false,
    highBytes: null,
    minBytes: null,
    lowBytes: null,
    peakBytes: null,
    swapUsageBytes: of('mem_swap_bytes'),
    swapLimitBytes: null,
    softLimitBytes: of('mem_soft_limit_bytes'),
    failcnt: null,
    oomControl: null,
    events: null,
    eventsLocal: null,
    stat,
    pressure: null,
    oomGroup: null,
    pids: null,
    populated: true,
    kmemUsageBytes: version === 1 ? of('mem_kmem_usage_bytes') : null,
    tcpUsageBytes: version === 1 ? of('mem_kmem_tcp_usage_bytes') : null,
    hugetlbUsageBytes: null,
  }
}

/** The isolator of cgroup v1 listens for pressure and tells swap; that of v2 does neither, and always tells kernel memory. */
function isVersion2(statistics: unknown): boolean {
  const only1 = ['mem_low_pressure_counter', 'mem_critical_pressure_counter', 'mem_swap_bytes']
  return (
    only1.every((key) => numberField(statistics, key) === null) &&
    numberField(statistics, 'mem_kmem_usage_bytes') !== null
  )
}

function describe(taskId: string, { stat, usageBytes, limitBytes }: CgroupState): string {
  const resident = stat.get('total_rss') ?? stat.get('anon') ?? null
  const parts = [
    ...(usageBytes === null ? [] : [`is charged ${formatBytes(usageBytes)}`]),
    ...(resident === null ? [] : [`holds ${formatBytes(resident)} of anonymous memory`]),
    ...(limitBytes === null ? [] : [`has a limit of ${formatBytes(limitBytes)}`]),
  ]
  return `Task ${taskId} ${parts.length === 0 ? 'tells nothing of its memory' : parts.join(', ')}`
}
