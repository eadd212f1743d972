import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { reportOf, type Incident } from '../incident.ts'
import { swapShareOf } from '../kubelet.ts'
import { shareOf, usageOf } from '../usage.ts'

/** Idle anonymous memory had nowhere to go. Told last: swap buys time, it is no cure. */
export const swapOff: CauseRule = { code: 'swap-off', find }

function find(incident: Incident): CauseFinding | null {
  const report = reportOf(incident)
  const usage = usageOf(incident)
  if (report === null || usage === null || shareOf(usage, usage.anonBytes) < 0.8) return null
  const host = incident.hostMemory
  const share = swapShareOf(incident)
  if (share?.bytes === 0) {
    return {
      confidence: 'possible',
      summary: `The node has swap, and this container may use none of it: ${share.says}. Anonymous memory could only be kept or killed.`,
      because: [report, ...share.because],
    }
  }
  // A node has none unless somebody wanted it there: true of nearly every kill, and not for whoever runs the pod to change.
  if (incident.subject.platform === 'kubernetes') return null
  const noneOnHost = host?.fact.swapTotalBytes === 0 || report.fact.host?.totalSwapBytes === 0
  if (!noneOnHost) return null
  return {
    confidence: 'possible',
    summary:
      'The machine has no swap, so anonymous memory can only be kept or killed; with swap a short peak would have been slow instead of fatal.',
    because: [report, ...(host === null ? [] : [host])],
  }
}
