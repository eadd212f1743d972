import type { HostMemory } from '../../model/facts.ts'

/** Page size that every figure of `free -b` is a multiple of. */
const PAGE = 4096

/**
 * The table of `free -b`. The table itself does not say its unit: bytes are whole pages in every column, which kibibytes and
 * mebibytes are not. In any other unit nothing is known.
 */
export function freeTable(text: string): { fact: HostMemory; excerpt: string } | null {
  const columns = /^[ \t]+total +used +free\b.*$/m.exec(text)?.[0].trim().split(/\s+/)
  const memory = row(text, 'Mem:')
  if (columns === undefined || memory === null || !inBytes(memory.figures)) return null
  const swap = row(text, 'Swap:')
  const of = (name: string): number | null => memory.figures[columns.indexOf(name)] ?? null
  const fact: HostMemory = {
    kind: 'host-memory',
    totalBytes: of('total'),
    freeBytes: of('free'),
    availableBytes: of('available'),
    swapTotalBytes: swap?.figures[0] ?? null,
    swapFreeBytes: swap?.figures[2] ?? null,
    dirtyBytes: null,
    writebackBytes: null,
    fields: new Map(),
  }
  return { fact, excerpt: [memory.line, swap?.line ?? ''].join('\n').trim() }
}

function row(text: string, name: 'Mem:' | 'Swap:'): { line: string; figures: number[] } | null {
  const match = new RegExp(`^${name}( +\\d{1,16})+ *$`, 'm').exec(text)
  if (match === null) return null
  return { line: match[0], figures: match[0].trim().split(/ +/).slice(1).map(Number) }
}

function inBytes(figures: readonly number[]): boolean {
  const known = figures.filter((figure) => figure > 0)
  return known.length >= 3 && known.every((figure) => figure % PAGE === 0)
}
