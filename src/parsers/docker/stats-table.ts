import type { Observation } from '../../model/evidence.ts'
import type { ContainerStats } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { detached, linesOf } from '../lines.ts'
import { keepNewest } from '../observe.ts'
import { usageAndLimit } from './printed-size.ts'
import { statsObservation } from './stats.ts'

const HEADER = /^(CONTAINER ID|CONTAINER|ID)\s{2}.*MEM USAGE \/ LIMIT/

/** The table of `docker stats` and `podman stats`, once or again and again as on a terminal. */
export const statsTableFormat: TextFormat = {
  id: 'container-stats-table',
  recognise: (head) => HEADER.test(plain(head.slice(0, 4096)).trimStart()),
  parse,
}

function parse(text: string, origin: Origin): Observation[] {
  const found: Observation[] = []
  let columns: readonly string[] = []
  for (const { number, text: slice } of linesOf(text)) {
    const line = detached(plain(slice))
    if (HEADER.test(line)) {
      columns = cells(line)
      continue
    }
    const row = new Map(cells(line).map((cell, index) => [columns[index] ?? '', cell]))
    const memory = row.get('MEM USAGE / LIMIT')
    if (memory === undefined || row.size !== columns.length) continue
    const stats: ContainerStats = {
      kind: 'container-stats',
      id: row.get('CONTAINER ID') ?? row.get('ID') ?? null,
      name: row.get('NAME') ?? row.get('CONTAINER') ?? null,
      ...usageAndLimit(memory),
      maxUsageBytes: null,
      failcnt: null,
      stat: new Map(),
    }
    const engine = columns[0] === 'ID' ? 'podman' : 'docker'
    const seen = statsObservation(origin, engine, stats, { at: null, line: number, excerpt: line })
    if (seen !== null) keepNewest(found, seen)
  }
  return found
}

function cells(line: string): string[] {
  return line.trim().split(/\s{2,}/)
}

/** Without the escape sequences that clear a terminal between two samples. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
  return text.replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, '')
}
