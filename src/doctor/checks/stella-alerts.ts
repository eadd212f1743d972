import type { Instant } from '../../model/time.ts'
import type { Judgement, MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'

export const stellaAlerts: MachineCheck = {
  of: 'machine',
  id: 'check.stella.alerts',
  title: 'Alerts come in',
  severity: 'low',
  runbook: 'docs/guides/alerts.md',
  warns: 'No Alertmanager has ever told the server of an alert',
  fails: 'Never',
  async look({ lastAlert }, signal) {
    if (lastAlert !== null) return judge(await lastAlert(signal))
    return {
      kind: 'skipped',
      says: 'no stella serve answers, which is who hears of alerts',
      todo: 'start stella serve, or name it with --server URL',
    }
  },
}

function judge(heardAt: Instant | null): Judgement {
  const last = heardAt === null ? null : new Date(heardAt).toISOString()
  return judged(`an alert was heard of at ${last}`, { lastAlertHeardAt: last }, [
    problemIf(
      last === null && 'warn',
      'no alert has come in yet: nothing fired, or nobody sends any',
      'have Alertmanager send to /api/alerts, as in deploy/alertmanager/alertmanager.yaml',
    ),
  ])
}
