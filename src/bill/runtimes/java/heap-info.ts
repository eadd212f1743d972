import { KIB } from '../../../model/bytes.ts'
import { linesOf } from '../../../parsers/lines.ts'

/** What `GC.heap_info` says of a heap, whichever collector it belongs to. */
export interface HeapInfo {
  /** Address space reserved for it; null where the collector does not tell (ZGC). */
  range: { start: number; end: number } | null
  /** Objects, dead ones included until they are collected; null where it is not told. */
  usedBytes: number | null
  /** `garbage-first`, `parallel`, …; null where it is none we know. */
  collector: string | null
}

export interface MetaspaceInfo {
  usedBytes: number
  /** Class metadata, that of the class space included. */
  committedBytes: number
  /** Up to JDK 15: of it, what was handed out; the rest was never touched. From JDK 16 on all that is committed is used. */
  capacityBytes: number | null
  reservedBytes: number
}

const UNITS: Readonly<Record<string, number>> = { K: KIB, M: KIB ** 2, G: KIB ** 3 }
const COLLECTORS: readonly (readonly [RegExp, string])[] = [
  [/garbage-first heap/, 'G1'],
  [/PSYoungGen/, 'Parallel'],
  [/def new generation|DefNew|tenured generation/, 'Serial'],
  [/par new generation|concurrent mark-sweep/, 'CMS'],
  [/Shenandoah Heap/, 'Shenandoah'],
  [/ZHeap/, 'ZGC'],
  [/Epsilon Heap/, 'Epsilon'],
]
/** `[low, committed, reserved)` or `[low, reserved)`: the first and the last bound the reservation. */
const RANGE = /\[0x([0-9a-f]{1,16}),(?: ?0x[0-9a-f]{1,16},)* ?0x([0-9a-f]{1,16})\)/g
const METASPACE =
  /^ ?Metaspace\s+used (\d{1,15})K,(?: capacity (\d{1,15})K,)? committed (\d{1,15})K, reserved (\d{1,15})K/m

/** Null where the text is no answer to that command. Never throws. */
export function parseHeapInfo(text: string): HeapInfo | null {
  const head = text.slice(0, 64 * KIB)
  const collector = COLLECTORS.find(([mark]) => mark.test(head))?.[1] ?? null
  const range = rangeOf(head)
  if (collector === null && range === null) return null
  return { range, usedBytes: usedBytes(head), collector }
}

/** From `GC.heap_info` up to JDK 24, from `VM.metaspace` since JDK 11. */
export function parseMetaspace(...texts: readonly (string | null)[]): MetaspaceInfo | null {
  for (const text of texts) {
    const match = METASPACE.exec(text ?? '')
    if (match !== null) {
      return {
        usedBytes: Number(match[1]) * KIB,
        capacityBytes: match[2] === undefined ? null : Number(match[2]) * KIB,
        committedBytes: Number(match[3]) * KIB,
        reservedBytes: Number(match[4]) * KIB,
      }
    }
  }
  return null
}

function rangeOf(text: string): HeapInfo['range'] {
  const ranges = [...text.matchAll(RANGE)]
    .map(([, first = '', last = '']) => ({
      start: Number.parseInt(first, 16),
      end: Number.parseInt(last, 16),
    }))
    .filter(({ start, end }) => end > start)
  if (ranges.length === 0) return null
  return {
    start: Math.min(...ranges.map(({ start }) => start)),
    end: Math.max(...ranges.map(({ end }) => end)),
  }
}

/** Of generations each tells its own; the spaces inside of them tell a share. */
function usedBytes(text: string): number | null {
  let sum: number | null = null
  for (const { text: line } of linesOf(text)) {
    if (/^\s*(?:Metaspace|class space)/.test(line)) break
    const match =
      /(?:total|committed|capacity|ZHeap).*?\bused (\d{1,15})([KMG])/.exec(line) ??
      /\b(\d{1,15})([KMG]) used\b/.exec(line)
    if (match?.[1] === undefined) continue
    sum = (sum ?? 0) + Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1)
  }
  return sum
}
