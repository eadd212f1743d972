import { formatBytes, KIB } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { HostMemory } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { linesOf } from '../lines.ts'
import { observation } from '../observe.ts'

/** /proc/meminfo, under any name: `meminfo.before` and `meminfo.after` keep their name in the origin. */
export const meminfoFormat: TextFormat = {
  id: 'meminfo',
  recognise: (head) => /^MemTotal:\s+\d+ kB\n/.test(head),
  parse,
}

function parse(text: string, origin: Origin): Observation[] {
  const fields = new Map<string, number>()
  for (const { text: line } of linesOf(text.slice(0, 64 * KIB))) {
    const match = /^([\w()]{1,40}):\s+(\d{1,15})( kB)?$/.exec(line)
    // HugePages_Total and the like are numbers of pages, without a unit.
    if (match?.[1] !== undefined)
      fields.set(match[1], Number(match[2]) * (match[3] === undefined ? 1 : KIB))
  }
  if (fields.size === 0) return []
  const of = (name: string): number | null => fields.get(name) ?? null
  const fact: HostMemory = {
    kind: 'host-memory',
    totalBytes: of('MemTotal'),
    freeBytes: of('MemFree'),
    availableBytes: of('MemAvailable'),
    swapTotalBytes: of('SwapTotal'),
    swapFreeBytes: of('SwapFree'),
    dirtyBytes: of('Dirty'),
    writebackBytes: of('Writeback'),
    fields,
  }
  return [observation(origin, { source: 'proc', says: hostMemorySays(fact), excerpt: text, fact })]
}

export function hostMemorySays(memory: HostMemory): string {
  const parts = [
    memory.totalBytes === null ? null : `${formatBytes(memory.totalBytes)} in all`,
    memory.availableBytes === null ? null : `${formatBytes(memory.availableBytes)} available`,
    memory.swapTotalBytes === null || memory.swapFreeBytes === null
      ? null
      : memory.swapTotalBytes === 0
        ? 'no swap'
        : `${formatBytes(memory.swapFreeBytes)} of ${formatBytes(memory.swapTotalBytes)} swap free`,
  ].filter((part) => part !== null)
  return `memory of the machine: ${parts.length === 0 ? 'was recorded' : parts.join(', ')}`
}
