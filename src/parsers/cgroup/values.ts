import { limitOrNull } from '../../model/bytes.ts'
import { linesOf } from '../lines.ts'

/** One number, as in memory.current. Null for `max`, for an empty file and for anything else: the kernel prints none below 0. */
export function counter(text: string | undefined): number | null {
  const word = text?.trim()
  return word !== undefined && /^\d{1,20}$/.test(word) ? Number(word) : null
}

/** A limit file: a number, `max`, or the huge number that cgroup v1 writes for "no limit". */
export function limit(text: string | undefined): { bytes: number | null; unlimited: boolean } {
  if (text?.trim() === 'max') return { bytes: null, unlimited: true }
  const value = counter(text)
  // cgroup v1 in kernels before 3.19 prints 2^63-1; -1 is what one writes, and never what one reads.
  if (value === null) return { bytes: null, unlimited: false }
  const bytes = limitOrNull(value)
  return { bytes, unlimited: bytes === null }
}

/** `name number` lines: memory.stat, memory.events, memory.oom_control, /proc/vmstat. */
export function keyedCounters(text: string | undefined): Map<string, number> {
  const counters = new Map<string, number>()
  for (const { text: line } of linesOf(text ?? '')) {
    const match = /^([A-Za-z_][\w.()]{0,63})[ \t]+(\d{1,20})$/.exec(line)
    if (match?.[1] !== undefined) counters.set(match[1], Number(match[2]))
    if (counters.size >= MAX_COUNTERS) break
  }
  return counters
}

/** memory.stat has some 60 names, vmstat some 200. */
const MAX_COUNTERS = 2_000
