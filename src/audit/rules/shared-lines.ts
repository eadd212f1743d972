import type { Place, SourceFile } from '../documents/place.ts'
import type { Value } from '../documents/value.ts'
import type { AuditContext } from '../rule.ts'
import type { Container } from '../workload.ts'

/**
 * Whether what stands here may be changed for the sake of one limit. By an alias, a merge or `extends` the same line belongs to
 * several containers; where their limits differ, what mends one breaks another. A value with a name of its own (`&size 0`) may
 * stand for something else elsewhere.
 */
export function isForOneLimit(place: Place, { workloads }: AuditContext): boolean {
  let known = KNOWN.get(workloads)
  if (known === undefined) {
    known = linesOf(workloads.flatMap(({ containers }) => containers))
    KNOWN.set(workloads, known)
  }
  if (known === 'too many' || isNamed(place)) return false
  const line = lineAt(known.get(place.file) ?? [], place)
  return line === null || line.limits.size <= 1
}

/** A key or a value of a file, and the limits of the containers that it belongs to. */
interface Line {
  start: number
  end: number
  limits: Set<number | null>
}

type Lines = ReadonlyMap<SourceFile, readonly Line[]>

const KNOWN = new WeakMap<AuditContext['workloads'], Lines | 'too many'>()

/** A file can name the same things again and again. */
const MAX_VISITS = 2_000_000

function linesOf(containers: readonly Container[]): Lines | 'too many' {
  const files = new Map<SourceFile, Map<number, Line>>()
  let visits = 0
  for (const { root, environment, effectiveLimit } of containers) {
    const seen = new Set<Value>()
    const open: Value[] = root === null ? [] : [root]
    const note = ({ file, start, end }: Place): void => {
      const lines = files.get(file) ?? new Map<number, Line>()
      files.set(file, lines)
      const line = lines.get(start) ?? { start, end, limits: new Set() }
      lines.set(start, line)
      line.limits.add(effectiveLimit?.bytes ?? null)
    }
    // They may stand in a file of their own, or in a ConfigMap.
    for (const { place } of environment.values()) note(place)
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      if (++visits > MAX_VISITS) return 'too many'
      if (next.kind === 'scalar') note(next.place)
      else if (next.kind === 'sequence') for (const item of next.items) open.push(item)
      else
        for (const { key, value } of next.entries.values()) {
          note(key)
          open.push(value)
        }
    }
  }
  return new Map(
    [...files].map(([file, lines]) => [
      file,
      [...lines.values()].toSorted((a, b) => a.start - b.start),
    ]),
  )
}

/** The line that a place stands in. */
function lineAt(lines: readonly Line[], { start }: Place): Line | null {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle]?.start ?? 0) <= start) low = middle + 1
    else high = middle
  }
  const line = lines[low - 1]
  return line !== undefined && start < line.end ? line : null
}

function isNamed({ file, start }: Place): boolean {
  const before = file.text.slice(Math.max(0, start - 200), start)
  const name = /(?:^|[\s,[{])&([^\s,[\]{}]+)[ \t]+["']?$/.exec(before)?.[1]
  return name !== undefined && file.text.includes(`*${name}`)
}
