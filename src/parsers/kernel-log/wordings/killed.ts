import { KIB } from '../../../model/bytes.ts'
import type { KilledLine, Said, Wording } from '../wording.ts'

const KILLED =
  /^(?:((?:Memory cgroup out of memory|Out of memory)[^:]{0,40}): ?)?Killed process (\d{1,10})(?:, UID (\d{1,10}),)? \(/
const UNNAMED =
  /^(?:(?:Memory cgroup out of memory|Out of memory)[^:]{0,40}: ?)?Killed process (\d{1,10})\s*$/
const NAME_END = [') total-vm:', ') vsz:'] as const

/**
 * "Memory cgroup out of memory: Killed process 96 (tail) total-vm:32688kB, anon-rss:…": __oom_kill_process() and its
 * predecessors; the words before "Killed" since 5.3. Names are not escaped: the figures are looked for from the right.
 */
export const killed: Wording = {
  id: 'killed',
  needle: 'Killed process',
  read(text) {
    const match = KILLED.exec(text)
    if (match === null) return readUnnamed(text)
    const nameAt = match[0].length
    const nameEnd = endOfName(text, nameAt)
    if (nameEnd < 0) return null
    const name = text.slice(nameAt, nameEnd)
    return {
      said: 'killed',
      kill: readFigures(Number(match[2]), name, match[3], text.slice(nameEnd), memcgOf(match[1])),
    }
  },
}

function readUnnamed(text: string): Said | null {
  const match = UNNAMED.exec(text)
  return match === null ? null : { said: 'killed-unnamed', pid: Number(match[1]) }
}

function endOfName(text: string, from: number): number {
  for (const mark of NAME_END) {
    const at = text.lastIndexOf(mark)
    if (at >= from) return at
  }
  const at = text.lastIndexOf(')')
  return at >= from ? at : -1
}

function readFigures(
  pid: number,
  name: string,
  uidBeforeName: string | undefined,
  figures: string,
  memcg: boolean | null,
): KilledLine {
  return {
    pid,
    name,
    totalVmBytes: kib(/(?:total-vm|vsz):(\d{1,12})kB/.exec(figures)),
    anonRssBytes: kib(/anon-rss:(\d{1,12})kB/.exec(figures)),
    fileRssBytes: kib(/file-rss:(\d{1,12})kB/.exec(figures)),
    shmemRssBytes: kib(/shmem-rss:(\d{1,12})kB/.exec(figures)),
    uid: numberOf(uidBeforeName ?? /UID:(\d{1,10})(?= )/.exec(figures)?.[1]),
    pageTableBytes: kib(/pgtables:(\d{1,12})kB/.exec(figures)),
    oomScoreAdj: numberOf(/oom_score_adj:(-?\d{1,5})(?!\d)/.exec(figures)?.[1]),
    memcg,
  }
}

function memcgOf(before: string | undefined): boolean | null {
  if (before === undefined) return null
  if (before.startsWith('Memory cgroup out of memory')) return true
  return before.startsWith('Out of memory') ? false : null
}

function kib(match: RegExpExecArray | null): number | null {
  return match === null ? null : Number(match[1]) * KIB
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits)
}
