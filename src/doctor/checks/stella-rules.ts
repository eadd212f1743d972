import { alertWiring } from '../../sources/prometheus/wiring.ts'
import type { AlertWiring } from '../../sources/prometheus/wiring.ts'
import type { Judgement, MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'
import { counted } from '../../model/counted.ts'

export const stellaRules: MachineCheck = {
  of: 'machine',
  id: 'check.stella.rules',
  title: 'Prometheus has the rules, and their alerts find their way',
  severity: 'medium',
  runbook: 'docs/guides/alerts.md',
  warns:
    "Prometheus (--prometheus, or STELLA_PROMETHEUS) has no rule of stella's packs, knows no Alertmanager, or none that tells stella",
  fails: 'Prometheus cannot evaluate one of these rules',
  async look({ prometheus }, signal) {
    if (prometheus !== null) return judge(await alertWiring(prometheus, signal))
    return {
      kind: 'skipped',
      says: 'no Prometheus is named (--prometheus URL)',
      todo: 'name it with --prometheus URL, or as STELLA_PROMETHEUS',
    }
  },
}

function judge({ packs, broken, alertmanagers }: AlertWiring): Judgement {
  const count = Object.values(packs).reduce((sum, each) => sum + each, 0)
  const [first] = broken
  const evidence = {
    packs: Object.entries(packs).map(([pack, alerts]) => ({ pack, alerts })),
    broken: broken.map(({ name, says }) => ({ name, says })),
    alertmanagers: alertmanagers.map(({ url, tellsStella }) => ({ url, tellsStella })),
  }
  const says = `${counted(count, 'alert', 'alerts')} of ${Object.keys(packs).join(' and ')} ${count === 1 ? 'is' : 'are'} loaded, and ${counted(alertmanagers.length, 'Alertmanager takes', 'Alertmanagers take')} them`
  return judged(says, evidence, [
    problemIf(
      first !== undefined && 'fail',
      `Prometheus cannot evaluate ${first?.name ?? ''}: ${first?.says ?? ''}`,
      'load the rules as they are in deploy/prometheus/rules, and see that their names are not taken',
    ),
    problemIf(
      count === 0 && 'warn',
      "Prometheus has no rule of stella's packs: nobody is told of a kill",
      'copy deploy/prometheus/rules/*.yaml of this package to where rule_files points, and reload Prometheus',
    ),
    problemIf(
      alertmanagers.length === 0 && 'warn',
      'Prometheus knows no Alertmanager: alerts fire, and nobody is told',
      'name one below alerting, as in deploy/prometheus/prometheus.yaml',
    ),
    problemIf(
      alertmanagers.length > 0 &&
        alertmanagers.every(({ tellsStella }) => tellsStella === 'no') &&
        'warn',
      'no Alertmanager tells stella of its alerts: they are not joined with their cases',
      'add the receiver of deploy/alertmanager/alertmanager.yaml, with the address of stella serve and /api/alerts',
    ),
  ])
}
