import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { CgroupState } from '../../model/facts.ts'
import { limitHitsOf } from '../../model/limit-hits.ts'
import type { FolderFormat } from '../folder.ts'
import type { Origin } from '../format.ts'
import { baseName, folderName } from '../lines.ts'
import { observation } from '../observe.ts'
import { groupPath, pathFromNote } from './path.ts'
import { cgroupState, saysNothing } from './state.ts'

/** Files of a cgroup's folder. Those of other controllers say nothing about memory, and are no surprise either. */
const NAME =
  /^(?:memory|cgroup|pids|cpu|cpuacct|cpuset|io|hugetlb|misc|rdma|irq|dmem|blkio|freezer|net_cls|net_prio)\.[\w.-]+$/
const V1_EXTRAS = ['tasks', 'notify_on_release', 'release_agent']

/** What cgroup files hold: numbers, names with numbers, pressure, lists of CPUs and of devices. Prose and pages have more. */
const CONTENT = /^[\w.:/+ =,()\n\t-]*$/

/** The memory controller's files of one group, wherever the folder lies and whatever it is called. */
export const cgroupFolder: FolderFormat = {
  id: 'cgroup',
  recognise(head, path) {
    const name = baseName(path)
    if (name === 'PATH') return pathFromNote(head) !== null
    if (V1_EXTRAS.includes(name)) return groupPath(path) !== null
    return NAME.test(name) && (CONTENT.test(head.slice(0, 4096)) || name === 'memory.kmem.slabinfo')
  },
  folderOf: folderName,
  parse: (text, origin) =>
    parseFolder(new Map([[baseName(origin.from), text]]), folderName(origin.from), origin),
  parseFolder,
}

function parseFolder(
  files: ReadonlyMap<string, string>,
  folder: string,
  origin: Origin,
): Observation[] {
  const fact = cgroupState(files, pathFromNote(files.get('PATH')) ?? groupPath(folder))
  if (saysNothing(fact)) return []
  return [
    observation(origin, { source: 'cgroup', says: says(fact), excerpt: excerpt(files), fact }),
  ]
}

function says(state: CgroupState): string {
  const kills = (state.eventsLocal ?? state.events)?.oomKill ?? state.oomControl?.oomKill ?? null
  const hits = limitHitsOf(state)
  const parts = [
    state.usageBytes === null ? null : `uses ${formatBytes(state.usageBytes)}`,
    state.unlimited ? 'no limit of its own' : null,
    state.limitBytes === null ? null : `limit ${formatBytes(state.limitBytes)}`,
    hits === null ? null : `limit reached ${hits} times`,
    kills === null ? null : `OOM kills ${kills}`,
    state.oomControl?.underOom === true ? 'out of memory now' : null,
  ].filter((part) => part !== null)
  const subject = `memory group ${state.path ?? '(path not recorded)'}`
  return parts.length === 0 ? `${subject} was recorded` : `${subject}: ${parts.join(', ')}`
}

/** What a verdict rests on, most telling first. */
const TOLD = [
  'memory.events.local',
  'memory.events',
  'memory.oom_control',
  'memory.limit_in_bytes',
  'memory.max',
  'memory.usage_in_bytes',
  'memory.current',
  'memory.max_usage_in_bytes',
  'memory.peak',
  'memory.failcnt',
  'memory.pressure',
  'memory.stat',
]

function excerpt(files: ReadonlyMap<string, string>): string {
  const told = TOLD.filter((name) => files.has(name)).map(
    (name) => `${name}: ${inline(files.get(name))}`,
  )
  return told.length > 0
    ? told.join('\n')
    : [...files].map(([name, text]) => `${name}: ${inline(text)}`).join('\n')
}

function inline(text: string | undefined): string {
  return (text ?? '').slice(0, 600).trim().replaceAll('\n', ', ')
}
