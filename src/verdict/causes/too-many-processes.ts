import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { reportScope } from '../reading.ts'
import { reportOf, type Incident } from '../incident.ts'
import { residentBytes } from '../usage.ts'

/** Many workers of the same kind, none of them big: their number fills the limit. */
export const tooManyProcesses: CauseRule = { code: 'too-many-processes', find }

const WORKERS = 6
const SHARE_OF_ONE = 0.4

function find(incident: Incident): CauseFinding | null {
  const report = reportOf(incident)
  if (report === null || reportScope(incident, report.fact) !== 'own') return null
  const byName = new Map<string, { count: number; bytes: number; biggest: number }>()
  for (const task of report.fact.processes) {
    const bytes = residentBytes(task)
    const kind = byName.get(task.name) ?? { count: 0, bytes: 0, biggest: 0 }
    byName.set(task.name, {
      count: kind.count + 1,
      bytes: kind.bytes + bytes,
      biggest: Math.max(kind.biggest, bytes),
    })
  }
  const whole = [...byName.values()].reduce((sum, kind) => sum + kind.bytes, 0)
  for (const [name, kind] of byName) {
    if (kind.count < WORKERS || kind.bytes < whole / 2) continue
    if (kind.biggest > SHARE_OF_ONE * kind.bytes) continue
    return {
      confidence: 'likely',
      summary: `${kind.count} processes called ${name} held ${formatBytes(kind.bytes)} together, the biggest ${formatBytes(kind.biggest)}: their number fills the limit, not one of them.`,
      because: [report],
    }
  }
  return null
}
