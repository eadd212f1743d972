import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { fullCounter, reportScope } from '../reading.ts'
import { reportOf, type Incident } from '../incident.ts'
import { residentBytes } from '../usage.ts'

/** The shared limit above was filled by neighbours as well. */
export const siblingUsage: CauseRule = { code: 'sibling-usage', find }

const SHARE = 0.2

function find(incident: Incident): CauseFinding | null {
  const report = reportOf(incident)
  if (report === null || reportScope(incident, report.fact) !== 'ancestor') return null
  const victims = new Set(report.fact.kills.map(({ pid }) => pid))
  const others = report.fact.processes.filter(({ pid }) => !victims.has(pid))
  const bytes = others.reduce((sum, task) => sum + residentBytes(task), 0)
  const whole = fullCounter(report.fact)?.usageBytes ?? null
  if (whole === null || whole === 0 || bytes < SHARE * whole) return null
  const biggest = others.reduce((most, task) =>
    residentBytes(task) > residentBytes(most) ? task : most,
  )
  return {
    confidence: 'likely',
    summary: `Other processes under the same limit held ${formatBytes(bytes)} of ${formatBytes(whole)}, most of it ${biggest.name} (PID ${biggest.pid}, ${formatBytes(residentBytes(biggest))}).`,
    because: [report],
  }
}
