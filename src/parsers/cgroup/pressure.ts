import type { Pressure, PressureLine } from '../../model/facts.ts'
import { linesOf } from '../lines.ts'

/** Printed as `%lu.%02lu`, and 64 bits (kernel/sched/psi.c, psi_show). */
const LINE =
  /^(some|full) avg10=(\d{1,5}\.\d\d) avg60=(\d{1,5}\.\d\d) avg300=(\d{1,5}\.\d\d) total=(\d{1,20})$/

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
