/** The heap a runtime was allowed to use, read from its command line and environment. Sizes in bytes. */
import { GIB, KIB, MIB } from '../model/bytes.ts'
import type { Observation } from '../model/evidence.ts'
import type { ToldHeap } from '../model/sizing.ts'
import { ownLimitBytes } from './reading.ts'
import type { Incident } from './incident.ts'

export interface HeapSetting {
  runtime: 'java' | 'node' | 'go'
  /** Null: the runtime is known, no maximum is set. */
  maxHeapBytes: number | null
  /** The words that set it, `-Xmx400m`. */
  setBy: string | null
  because: Observation
}

const JVM_UNITS: Record<string, number> = { '': 1, k: KIB, m: MIB, g: GIB, t: 1024 * GIB }

export function heapSetting(incident: Incident): HeapSetting | null {
  for (const { command, env, because } of commandSources(incident)) {
    const setting = fromWords(command, inOrder(command, env), ownLimitBytes(incident))
    if (setting !== null) return { ...setting, because }
  }
  return null
}

/** The heap that was asked for in so many bytes; a share of the limit is none. */
export function toldHeap(command: readonly string[], env: readonly string[]): ToldHeap | null {
  const { maxHeapBytes = null, setBy = null } =
    fromWords(command, inOrder(command, env), null) ?? {}
  return maxHeapBytes === null || setBy === null ? null : { bytes: maxHeapBytes, setBy }
}

/** The last word wins: the command line over JAVA_TOOL_OPTIONS and NODE_OPTIONS, and _JAVA_OPTIONS over the command line. */
function inOrder(command: readonly string[], env: readonly string[]): string {
  const last = env.filter((word) => word.startsWith('_JAVA_OPTIONS='))
  const first = env.filter((word) => !word.startsWith('_JAVA_OPTIONS='))
  return [...first, ...command, ...last].join(' ')
}

interface CommandSource {
  command: readonly string[]
  env: readonly string[]
  because: Observation
}

function commandSources(incident: Incident): readonly CommandSource[] {
  const { container, pod, podContainer, processes, marathon } = incident
  const sources: CommandSource[] = []
  if (container !== null) {
    const { command, env } = container.fact
    sources.push({ command, env, because: container })
  }
  if (pod !== null && podContainer !== null) {
    const { command, env } = podContainer
    sources.push({ command, env, because: pod })
  }
  for (const process of processes) {
    sources.push({ command: process.fact.command, env: [], because: process })
  }
  if (marathon !== null) {
    const { command, env } = marathon.fact
    sources.push({ command, env, because: marathon })
  }
  return sources
}

function fromWords(
  command: readonly string[],
  text: string,
  limitBytes: number | null,
): Omit<HeapSetting, 'because'> | null {
  const old = [...text.matchAll(/--max[-_]old[-_]space[-_]size[= ](\d+)/g)].at(-1)
  if (old?.[1] !== undefined) {
    return { runtime: 'node', maxHeapBytes: Number(old[1]) * MIB, setBy: old[0] }
  }
  const xmx = [...text.matchAll(/(?:^|[\s="'])(-Xmx(\d+)([kmgtKMGT]?))\b/g)].at(-1)
  if (xmx?.[1] !== undefined) {
    const unit = JVM_UNITS[(xmx[3] ?? '').toLowerCase()] ?? 1
    return { runtime: 'java', maxHeapBytes: Number(xmx[2]) * unit, setBy: xmx[1] }
  }
  const percent = [...text.matchAll(/-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/g)].at(-1)
  if (percent?.[1] !== undefined && limitBytes !== null) {
    return {
      runtime: 'java',
      maxHeapBytes: Math.floor((limitBytes * Number(percent[1])) / 100),
      setBy: percent[0],
    }
  }
  const program = command[0]?.split('/').at(-1) ?? ''
  if (/^java$/.test(program)) return { runtime: 'java', maxHeapBytes: null, setBy: null }
  if (/^node(js)?$/.test(program)) return { runtime: 'node', maxHeapBytes: null, setBy: null }
  return null
}
