import { KIB } from '../../model/bytes.ts'
import { detached, linesOf } from '../lines.ts'

/** One category of a JVM's Native Memory Tracking. Committed is what may be touched; what is resident NMT does not know. */
export interface NativeArea {
  /** As the JVM writes it: `Java Heap`, `Thread`, `Other`. */
  name: string
  reservedBytes: number
  /** Malloc, arenas and mappings together. */
  committedBytes: number
  mallocBytes: number
  arenaBytes: number
  mappedBytes: number
  /** Of `Thread` alone: the stacks. From JDK 11 on `committedBytes` is what is resident. */
  stack: { reservedBytes: number; committedBytes: number } | null
  threads: number | null
  /** Of `Class` alone: loaded classes. */
  classes: number | null
}

export interface NativeMemory {
  reservedBytes: number
  committedBytes: number
  /** In the order of the report. */
  areas: readonly NativeArea[]
  /** JDK 8, which books direct buffers under `Internal`. */
  isJava8: boolean
}

/** A JVM has about 30. */
const MAX_AREAS = 100
const UNITS: Readonly<Record<string, number>> = { '': 1, K: KIB, M: KIB ** 2, G: KIB ** 3 }

const SIZE = String.raw`(\d{1,15})([KMG]?)B?`
const TOTAL = new RegExp(String.raw`^Total: reserved=${SIZE}, committed=${SIZE}`)
const CATEGORY = new RegExp(
  String.raw`^-\s+([A-Z][\w ]{0,40}?) \(reserved=${SIZE}, committed=${SIZE}(?:, .*)?\)$`,
)
const MALLOC = new RegExp(String.raw`^\s+\(malloc=${SIZE}[ ,)]`)
const ARENA = new RegExp(String.raw`^\s+\(arena=${SIZE}[ ,)]`)
const MAPPED = new RegExp(String.raw`^\s+\(mmap: reserved=${SIZE}, committed=${SIZE}[,)]`)
const STACK = new RegExp(String.raw`^\s+\(stack: reserved=${SIZE}, committed=${SIZE}[,)]`)
const OVERHEAD = new RegExp(String.raw`^\s+\(tracking overhead=${SIZE}\)`)
const THREADS = /^\s+\(threads? #(\d{1,9})\)/
const CLASSES = /^\s+\(classes #(\d{1,9})\)/

/**
 * The report of `jcmd PID VM.native_memory`, summary or detail, in any scale, of JDK 8 to 28. Null where it is none, or where
 * tracking is off. Never throws.
 *
 * @see src/hotspot/share/nmt/memReporter.cpp of OpenJDK
 */
export function parseNativeMemory(text: string): NativeMemory | null {
  const areas = new Map<string, NativeArea>()
  let total: { reservedBytes: number; committedBytes: number } | null = null
  let area: NativeArea | null = null
  for (const { text: line } of linesOf(text)) {
    // The first block is the summary; a detail report repeats the names below it.
    if (line.startsWith('Virtual memory map:')) break
    total ??= reservedAndCommitted(TOTAL.exec(line))
    const category = CATEGORY.exec(line)
    if (category?.[1] === undefined) {
      if (area !== null) addDetail(area, line)
      continue
    }
    const sizes = reservedAndCommitted(category, 2)
    if (areas.size >= MAX_AREAS) break
    area = areas.has(category[1]) || sizes === null ? null : emptyArea(category[1], sizes)
    if (area !== null) areas.set(area.name, area)
  }
  if (total === null || areas.size === 0) return null
  return { ...total, areas: [...areas.values()], isJava8: isJava8([...areas.keys()], text) }
}

function emptyArea(
  name: string,
  sizes: { reservedBytes: number; committedBytes: number },
): NativeArea {
  return {
    name: detached(name),
    ...sizes,
    mallocBytes: 0,
    arenaBytes: 0,
    mappedBytes: 0,
    stack: null,
    threads: null,
    classes: null,
  }
}

function addDetail(area: NativeArea, line: string): void {
  const malloc = MALLOC.exec(line) ?? OVERHEAD.exec(line)
  if (malloc !== null) area.mallocBytes += sizeAt(malloc, 1)
  const arena = ARENA.exec(line)
  if (arena !== null) area.arenaBytes += sizeAt(arena, 1)
  const mapped = reservedAndCommitted(MAPPED.exec(line))
  if (mapped !== null) area.mappedBytes += mapped.committedBytes
  area.stack ??= reservedAndCommitted(STACK.exec(line))
  area.threads ??= count(THREADS.exec(line))
  area.classes ??= count(CLASSES.exec(line))
}

function reservedAndCommitted(
  match: RegExpExecArray | null,
  at = 1,
): { reservedBytes: number; committedBytes: number } | null {
  if (match === null) return null
  return { reservedBytes: sizeAt(match, at), committedBytes: sizeAt(match, at + 2) }
}

function sizeAt(match: RegExpExecArray, at: number): number {
  return Number(match[at]) * (UNITS[match[at + 1] ?? ''] ?? 1)
}

function count(match: RegExpExecArray | null): number | null {
  return match === null ? null : Number(match[1])
}

/** It has none of the lines that later versions print. */
function isJava8(names: readonly string[], text: string): boolean {
  const later = ['Module', 'Safepoint', 'Synchronization', 'Synchronizer', 'Metaspace', 'Other']
  return !later.some((name) => names.includes(name)) && !/^\(Omitting categories/m.test(text)
}
