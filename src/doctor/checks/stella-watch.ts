import { nobodyWatched, surveyCases } from '../../store/cases.ts'
import type { JournalSurvey } from '../../store/cases.ts'
import type { Judgement, MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'
import { counted } from '../../model/counted.ts'

export const stellaWatch: MachineCheck = {
  of: 'machine',
  id: 'check.stella.watch',
  title: 'Somebody watches, and sees everything',
  severity: 'high',
  runbook: 'docs/guides/watch.md',
  warns: 'Nobody has watched yet; or a watch is blind to one of its sources',
  fails: 'There was a watch on this data folder, and there is none now',
  look: async ({ dataFolder }) => judge(await surveyCases(dataFolder, { limit: 0 })),
}

const START = 'start stella watch, or stella serve, which watches too'

function judge({ gaps, warning, more, damaged }: JournalSurvey): Judgement {
  const open = gaps?.filter(({ to }) => to === null) ?? []
  const stopped = open.filter(nobodyWatched)
  const blind = open.filter((gap) => !stopped.includes(gap))
  const evidence = {
    recordedCases: more,
    lastWarningAt: warning === null ? null : new Date(warning.at).toISOString(),
    damagedLines: damaged,
    openGaps: open.map(({ from, says }) => ({ from: new Date(from).toISOString(), says })),
  }
  return judged(`a watch runs, with ${counted(more, 'case', 'cases')} in its journal`, evidence, [
    problemIf(gaps === null && 'warn', 'nobody has watched on this data folder yet', START),
    ...stopped.map(({ from, says }) =>
      problemIf('fail', `${says} since ${new Date(from).toISOString()}`, START),
    ),
    ...blind.map(({ says }) =>
      problemIf(
        'warn',
        says,
        'stella doctor --check check.host.kernel-log --check check.host.engines',
      ),
    ),
  ])
}
