import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { reportOf, type Incident } from '../incident.ts'
import { residentBytes } from '../usage.ts'

/** The machine promised more than it has: no limit, or limits that add up to more than its memory. */
export const hostOvercommit: CauseRule = { code: 'host-overcommit', find }

function find(incident: Incident): CauseFinding | null {
  const report = reportOf(incident)
  if (report === null || report.fact.constraint !== 'none' || report.fact.manual) return null
  const [first, ...rest] = report.fact.processes
  if (first === undefined) {
    return {
      confidence: 'likely',
      summary:
        'Processes and containers together asked for more than the machine has; the log holds no task table to name them.',
      because: [report],
    }
  }
  const biggest = rest.reduce(
    (most, task) => (residentBytes(task) > residentBytes(most) ? task : most),
    first,
  )
  const spared = report.fact.kills.some(({ pid }) => pid === biggest.pid)
    ? ''
    : biggest.oomScoreAdj !== null && biggest.oomScoreAdj < 0
      ? ` It was spared by its oom_score_adj of ${biggest.oomScoreAdj}, so an innocent process died in its place.`
      : ' It was not the one that was killed.'
  return {
    confidence: 'likely',
    summary: `Processes together asked for more than the machine has. The biggest was ${biggest.name} (PID ${biggest.pid}) with ${formatBytes(residentBytes(biggest))}.${spared}`,
    because: [report],
  }
}
