/** Plays the tests of a runbook: nothing real is begun, and nothing is left behind. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unreadInput } from '../../model/unread-input.ts'
import { paramValues } from '../../runbooks/params.ts'
import { planOf } from '../../runbooks/plan.ts'
import { toldRun } from '../../runbooks/report/told-run.ts'
import type { ToldRun } from '../../runbooks/report/told-run.ts'
import { coverageOf } from '../../runbooks/tests/coverage.ts'
import type { WaysOfStep } from '../../runbooks/tests/coverage.ts'
import { failuresOf } from '../../runbooks/tests/judge-test.ts'
import { readTests } from '../../runbooks/tests/read-tests.ts'
import type { RunbookTest } from '../../runbooks/tests/runbook-test.ts'
import { stageOf } from '../../runbooks/tests/stage.ts'
import { recordedRun } from './recorded-runs.ts'
import { resumeRun } from './resume-run.ts'
import { startRun } from './begin-run.ts'
import type { Approval } from './going-run.ts'
import { openRunbook } from './shelf.ts'
import type { OpenedRunbook } from './shelf.ts'

export interface TestedRunbook {
  id: string
  /** Null: it has none. */
  file: string | null
  tests: readonly TestOutcome[]
  coverage: readonly WaysOfStep[]
}

export interface TestOutcome {
  name: string
  line: number
  /** A sentence each; none: it holds. */
  failures: readonly string[]
}

const SUFFIX = '.test.yaml'

/**
 * The runbook that is meant by its path, its id, or the path of its tests.
 *
 * @throws StellaError (unreachable) where there is none
 */
export function openTested(name: string): OpenedRunbook {
  return openRunbook(name.endsWith(SUFFIX) ? `${name.slice(0, -SUFFIX.length)}.md` : name)
}

/** @throws StellaError (usage) where its tests cannot be read, with the line */
export async function testRunbook({ path, read }: OpenedRunbook): Promise<TestedRunbook> {
  const { runbook } = read
  const file = path.replace(/\.md$/, '') + SUFFIX
  if (!existsSync(file)) return { id: runbook.id, file: null, tests: [], coverage: [] }
  const tests: TestOutcome[] = []
  const runs: ToldRun[] = []
  for (const test of readTests(textOf(file), file, runbook)) {
    const stage = stageOf(test)
    const run = await played({ path, read }, test, stage.desk)
    runs.push(run)
    const failures = [...stage.played().faults, ...failuresOf(test.expected, run, stage.played())]
    tests.push({ name: test.name, line: test.line, failures })
  }
  return { id: runbook.id, file, tests, coverage: coverageOf(runbook, runs) }
}

/** With the very steps of a real run, in a data folder that goes with it. */
async function played(
  { path, read: { runbook } }: Pick<OpenedRunbook, 'path' | 'read'>,
  test: RunbookTest,
  deskOf: ReturnType<typeof stageOf>['desk'],
): Promise<ToldRun> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-runbook-test-'))
  const approval = approvalOf(runbook, test)
  const told = (id: string): ToldRun => {
    const run = toldRun(id, recordedRun(folder, id).events, null)
    if (run === null) throw new Error('a run begins with its beginning')
    return run
  }
  const [first, ...others] = test.by
  try {
    const id = await startRun(
      folder,
      {
        origin: { kind: 'person' },
        runbook,
        path,
        given: test.params,
        approval,
        onlyChecks: test.onlyChecks,
        deep: test.deep,
        undoOnFailure: test.undo === 'on-failure',
        withinMs: null,
      },
      deskOf(first),
    )
    const resume = (by: string, undo: boolean): Promise<void> =>
      resumeRun(
        folder,
        { id, open: () => runbook, given: test.params, approval, rebase: false, undo },
        deskOf(by),
      )
    for (const by of others) if (told(id).verdict === null) await resume(by, false)
    if (test.undo === 'afterwards') await resume(first, true)
    return told(id)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function approvalOf(
  runbook: OpenedRunbook['read']['runbook'],
  { approve, params }: RunbookTest,
): Approval {
  if (approve.kind !== 'plan')
    return { hash: null, steps: [], lowRisk: approve.kind === 'low-risk' }
  const { hash } = planOf(runbook, paramValues(runbook.params, params).values)
  return { hash, steps: approve.steps, lowRisk: false }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadInput(error, file, 'name the file of a runbook')
  }
}
