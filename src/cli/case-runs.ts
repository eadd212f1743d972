import { createCaseRuns } from '../app/runbooks/case-runs.ts'
import type { Case } from '../model/case.ts'
import type { CaseRun } from '../runbooks/report/case-run.ts'
import { usualDataFolder } from '../store/data-folder.ts'
import type { CliIo } from './context.ts'

/** The runs of runbooks that cases have in the data folder; none where there is no such folder. */
export function runsOfCases(
  { env }: CliIo,
  data: string | undefined,
): (found: Case) => readonly CaseRun[] {
  const folder = usualDataFolder(data, env, process.getuid?.() === 0)
  if (folder === null) return () => []
  const runs = createCaseRuns(folder)
  return ({ id, at }) => runs.of(id, at)
}
