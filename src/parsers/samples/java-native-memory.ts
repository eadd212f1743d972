import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { RuntimeMemory } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { observation } from '../observe.ts'
import { parseNativeMemory } from './native-memory.ts'

/** NMT's categories in the words of the model. Others keep their name in lower case, with dashes. */
const AREAS: Readonly<Record<string, string>> = {
  'Java Heap': 'heap',
  Thread: 'threads',
  // Buffers of ByteBuffer.allocateDirect and Unsafe are booked here since JDK 11 (JDK-8190729).
  Other: 'direct',
}

/** `jcmd PID VM.native_memory [summary|detail]`, in any scale. */
export const javaNativeMemoryFormat: TextFormat = {
  id: 'java-native-memory',
  recognise: (head) => /^Native Memory Tracking:/m.test(head) && /^Total: reserved=\d/m.test(head),
  parse,
}

function parse(text: string, origin: Origin): Observation[] {
  const memory = parseNativeMemory(text)
  if (memory === null) return []
  const areas = new Map([['total', memory.committedBytes]])
  for (const { name, committedBytes } of memory.areas) areas.set(areaOf(name), committedBytes)
  const internal = areas.get('internal')
  if (!areas.has('direct') && internal !== undefined && memory.isJava8)
    areas.set('direct', internal)
  const fact: RuntimeMemory = { kind: 'runtime-memory', runtime: 'java', areas }
  const says = `the JVM has ${formatBytes(memory.committedBytes)} committed: ${largest(areas)}`
  const excerpt = text.match(/^(?:Total:|-[ \t]+[A-Z]).*committed=.*$/gm)?.join('\n') ?? ''
  return [observation(origin, { source: 'proc', says, excerpt, fact })]
}

function areaOf(category: string): string {
  return AREAS[category] ?? category.toLowerCase().replaceAll(' ', '-')
}

function largest(areas: ReadonlyMap<string, number>): string {
  const parts = [...areas].filter(([name]) => name !== 'total').toSorted((a, b) => b[1] - a[1])
  return parts
    .slice(0, 3)
    .map(([name, size]) => `${name} ${formatBytes(size)}`)
    .join(', ')
}
