import type { Pressure, PressureLine } from '../../model/facts.ts'
import { linesOf } from '../lines.ts'

const LINE = /^(some|full) avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)$/

/** memory.pressure and /proc/pressure/memory (Documentation/accounting/psi.rst). Null where no line is one of theirs. */
export function parsePressure(text: string | undefined): Pressure | null {
  const found: { some: PressureLine | null; full: PressureLine | null } = { some: null, full: null }
  for (const { text: line } of linesOf((text ?? '').slice(0, 1024))) {
    const match = LINE.exec(line)
    const [avg10, avg60, avg300, totalMicroseconds] = (match ?? []).slice(2).map(Number)
    if (avg10 === undefined || avg60 === undefined || avg300 === undefined) continue
    if (totalMicroseconds === undefined) continue
    found[match?.[1] === 'full' ? 'full' : 'some'] = { avg10, avg60, avg300, totalMicroseconds }
  }
  return found.some === null && found.full === null ? null : found
}
