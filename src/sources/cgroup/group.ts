import { formatBytes } from '../../model/bytes.ts'
import { excerptOf } from '../../model/evidence.ts'
import type { Observation } from '../../model/evidence.ts'
import type { CgroupState } from '../../model/facts.ts'
import { cgroupState } from '../../parsers/cgroup/index.ts'
import { readText } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { V1_FILES, V2_FILES } from './files.ts'
import { folderOf } from './hierarchy.ts'
import type { MemoryHierarchy } from './hierarchy.ts'

/** Reads one group. Null where there is none at that path; what may not be read is told in `denied`. */
export function readGroup(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
): { observation: Observation<CgroupState> | null; denied: string[] } {
  const folder = folderOf(hierarchy, path)
  if (folder === null) return { observation: null, denied: [] }
  const files = new Map<string, string>()
  const denied: string[] = []
  for (const name of hierarchy.version === 1 ? V1_FILES : V2_FILES) {
    const read = readText(reader, `${folder}/${name}`)
    if (read.ok) files.set(name, read.text)
    else if (read.problem.kind === 'denied') denied.push(`${folder}/${name}`)
  }
  if (files.size === 0) return { observation: null, denied }
  const fact = cgroupState(files, path)
  if (fact === null) return { observation: null, denied }
  return {
    observation: {
      source: 'cgroup',
      at: reader.now(),
      says: sentence(fact, path),
      excerpt: excerptOf(excerpt(files)),
      from: folder,
      fact,
    },
    denied,
  }
}

function sentence(state: CgroupState, path: string): string {
  const usage = state.usageBytes === null ? null : formatBytes(state.usageBytes)
  const limit = state.limitBytes === null ? null : formatBytes(state.limitBytes)
  const kills = state.oomControl?.oomKill ?? state.events?.oomKill ?? null
  const parts = [
    usage === null ? null : limit === null ? `uses ${usage}` : `uses ${usage} of ${limit}`,
    state.unlimited ? 'has no limit of its own' : null,
    kills === null || kills === 0 ? null : `counts ${kills} OOM kill${kills === 1 ? '' : 's'}`,
    state.oomControl?.underOom === true ? 'is out of memory now' : null,
  ].filter((part) => part !== null)
  return `cgroup ${path} ${parts.length === 0 ? 'exists' : parts.join(', ')}`
}

/** The counters that decide, as they stand in the files. */
const DECIDING = [
  'memory.max',
  'memory.limit_in_bytes',
  'memory.current',
  'memory.usage_in_bytes',
  'memory.failcnt',
  'memory.oom_control',
  'memory.events',
  'memory.events.local',
] as const

function excerpt(files: ReadonlyMap<string, string>): string {
  const lines: string[] = []
  for (const name of DECIDING) {
    const text = files.get(name)?.trim()
    if (text !== undefined && text !== '') lines.push(`${name}: ${text.replaceAll('\n', ', ')}`)
  }
  return lines.join('\n')
}
