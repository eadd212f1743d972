import { formatBytes } from '../../model/bytes.ts'
import {
  bindingOf,
  keptByFigures,
  killsCounted,
  ownLimitBytes,
  subjectInWords,
  unreclaimableBytes,
  unwrittenBytes,
} from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/** Alive, and most of its limit is memory that cannot be given back: page cache at the limit is no risk. */
export const atRisk: Rule = {
  id: 'at-risk',
  code: 'at-risk',
  question: 'Is it alive, with too little of its limit left that reclaim could free?',
  ask,
}

/** Share of the limit from which a container is called at risk; the guard's and the alerts' critical line is 95 %. */
const RISK_SHARE = 0.9

function ask(incident: Incident): Answer {
  if (incident.alive === false || incident.ending !== null) return NOT_SHOWN
  const own = incident.groups.own
  if (own === null) return askKubelet(incident)
  const limit = own.fact.limitBytes
  if (limit === null || limit === 0) return NOT_SHOWN
  const kept = unreclaimableBytes(own.fact)
  const isEmpty = own.fact.pids?.length === 0
  if (kept === null || isEmpty) return NOT_SHOWN
  const unwritten = unwrittenBytes(own.fact)
  const held = kept + unwritten
  if (held < RISK_SHARE * limit) return NOT_SHOWN
  const kills = killsCounted(incident) ?? 0
  const next =
    kept < RISK_SHARE * limit
      ? `${formatBytes(unwritten)} of it has to be written to disk first, so the next growth waits for the disk or ends in an OOM kill`
      : 'the next growth ends in an OOM kill'
  const percent = Math.min(100, Math.round((held / limit) * 100))
  return {
    answer: 'holds',
    confidence: kills > 0 ? 'certain' : 'likely',
    summary: `${subjectInWords(incident)} is alive, and ${percent} % of its limit of ${formatBytes(limit)} is memory that reclaim cannot free; ${next}.`,
    mainProcessDied: false,
    binding: { ...bindingOf(incident, 'container'), usageBytes: own.fact.usageBytes },
    because: [own],
    against: [],
  }
}

/** By what a kubelet elsewhere tells. Its working set holds page cache that is in use, and tmpfs, which it cannot tell apart. */
function askKubelet(incident: Incident): Answer {
  const { figures } = incident
  const limit = ownLimitBytes(incident)
  if (figures === null || limit === null || limit === 0) return NOT_SHOWN
  const kept = keptByFigures(figures.fact)
  const isKept = kept !== null && kept >= RISK_SHARE * limit
  const held = isKept ? kept : figures.fact.workingSetBytes
  if (held === null || held < RISK_SHARE * limit) return NOT_SHOWN
  const percent = Math.min(100, Math.round((held / limit) * 100))
  const whole = `${percent} % of its limit of ${formatBytes(limit)}`
  const what = isKept
    ? `${whole} is memory that reclaim cannot free; the next growth ends in an OOM kill`
    : `its working set is ${whole}; how much of it is page cache that could be freed its kubelet does not tell`
  return {
    answer: 'holds',
    confidence: isKept ? 'likely' : 'possible',
    summary: `${subjectInWords(incident)} is alive, and ${what}.`,
    mainProcessDied: false,
    binding: { ...bindingOf(incident, 'container'), usageBytes: figures.fact.usageBytes },
    because: [figures],
    against: [],
  }
}
