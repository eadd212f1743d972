/** The heap a runtime was allowed to use, read from its command line and environment. Sizes in bytes. */
import { GIB, KIB, MIB } from '../model/bytes.ts'
import type { Observation } from '../model/evidence.ts'
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
  for (const source of commandSources(incident)) {
    const setting = fromWords(source.words, ownLimitBytes(incident))
    if (setting !== null) return { ...setting, because: source.because }
  }
  return null
}

function commandSources(incident: Incident): { words: readonly string[]; because: Observation }[] {
  const { container, pod, podContainer, processes, marathon } = incident
  const sources: { words: readonly string[]; because: Observation }[] = []
  if (container !== null) {
    sources.push({
      words: [...container.fact.command, ...container.fact.env],
      because: container,
    })
  }
  if (pod !== null && podContainer !== null) {
    sources.push({ words: [...podContainer.command, ...podContainer.env], because: pod })
  }
  for (const process of processes) {
    sources.push({ words: process.fact.command, because: process })
  }
  if (marathon !== null) sources.push({ words: marathon.fact.command, because: marathon })
  return sources
}

function fromWords(
  words: readonly string[],
  limitBytes: number | null,
): Omit<HeapSetting, 'because'> | null {
  const text = words.join(' ')
  const old = /--max[-_]old[-_]space[-_]size[= ](\d+)/.exec(text)
  if (old?.[1] !== undefined) {
    return { runtime: 'node', maxHeapBytes: Number(old[1]) * MIB, setBy: old[0] }
  }
  const xmx = [...text.matchAll(/(?:^|[\s="'])(-Xmx(\d+)([kmgtKMGT]?))\b/g)].at(-1)
  if (xmx?.[1] !== undefined) {
    const unit = JVM_UNITS[(xmx[3] ?? '').toLowerCase()] ?? 1
    return { runtime: 'java', maxHeapBytes: Number(xmx[2]) * unit, setBy: xmx[1] }
  }
  const percent = /-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/.exec(text)
  if (percent?.[1] !== undefined && limitBytes !== null) {
    return {
      runtime: 'java',
      maxHeapBytes: Math.floor((limitBytes * Number(percent[1])) / 100),
      setBy: percent[0],
    }
  }
  const program = words[0]?.split('/').at(-1) ?? ''
  if (/^java$/.test(program)) return { runtime: 'java', maxHeapBytes: null, setBy: null }
  if (/^node(js)?$/.test(program)) return { runtime: 'node', maxHeapBytes: null, setBy: null }
  return null
}
