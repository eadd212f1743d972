import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { RuntimeMemory } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { linesOf } from '../lines.ts'
import { observation } from '../observe.ts'

/** NMT's categories in the words of the model. Others keep their name in lower case, with dashes. */
const AREAS: Readonly<Record<string, string>> = {
  'Java Heap': 'heap',
  Thread: 'threads',
  // Buffers of ByteBuffer.allocateDirect and Unsafe are booked here since JDK 11 (JDK-8190729).
  Other: 'direct',
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }
const CATEGORY =
  /^-\s+([A-Z][\w ]{0,40}?) \(reserved=\d+(?:[KMG]B)?, committed=(\d{1,15})([KMG]B)?(?:, .*)?\)$/
const TOTAL = /^Total: reserved=\d+(?:[KMG]B)?, committed=(\d{1,15})([KMG]B)?/

/** `jcmd PID VM.native_memory [summary|detail]`, in any scale. */
export const javaNativeMemoryFormat: TextFormat = {
  id: 'java-native-memory',
  recognise: (head) => /^Native Memory Tracking:/m.test(head) && /^Total: reserved=\d/m.test(head),
  parse,
}

function parse(text: string, origin: Origin): Observation[] {
  const areas = new Map<string, number>()
  for (const { text: line } of linesOf(text)) {
    const total = TOTAL.exec(line)
    if (total !== null && !areas.has('total')) areas.set('total', bytes(total[1], total[2]))
    const category = CATEGORY.exec(line)
    // The first block is the summary; a detail report repeats the names below it.
    const area = category?.[1] === undefined ? null : areaOf(category[1])
    if (area !== null && !areas.has(area)) areas.set(area, bytes(category?.[2], category?.[3]))
    if (line.startsWith('Virtual memory map:') || areas.size > 100) break
  }
  const internal = areas.get('internal')
  if (!areas.has('direct') && internal !== undefined && isJava8(text)) areas.set('direct', internal)
  const total = areas.get('total')
  if (areas.size === 0 || total === undefined) return []
  const fact: RuntimeMemory = { kind: 'runtime-memory', runtime: 'java', areas }
  const says = `the JVM has ${formatBytes(total)} committed: ${largest(areas)}`
  const excerpt = text.match(/^(?:Total:|-[ \t]+[A-Z]).*committed=.*$/gm)?.join('\n') ?? ''
  return [observation(origin, { source: 'proc', says, excerpt, fact })]
}

function areaOf(category: string): string {
  return AREAS[category] ?? category.toLowerCase().replaceAll(' ', '-')
}

/** JDK 8 books direct buffers as Internal, and has none of the lines that later versions print. */
function isJava8(text: string): boolean {
  return !/^\(Omitting categories|^[ \t]*-[ \t]+(?:Module|Safepoint|Synchronization|Metaspace|Other) \(/m.test(
    text,
  )
}

function bytes(digits: string | undefined, unit: string | undefined): number {
  return Number(digits) * (UNITS[unit ?? ''] ?? 1)
}

function largest(areas: ReadonlyMap<string, number>): string {
  const parts = [...areas].filter(([name]) => name !== 'total').toSorted((a, b) => b[1] - a[1])
  return parts
    .slice(0, 3)
    .map(([name, size]) => `${name} ${formatBytes(size)}`)
    .join(', ')
}
