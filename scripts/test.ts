/**
 * All checks and tests, the fast ones first: `npm test`, or `node scripts/test.ts STAGE...` for some of them.
 * What cannot run on this machine is skipped with its reason; with CI=true that is a failure. With CI=true a file of tests that failed
 * is run once more, from its beginning, when nothing runs beside it; the summary names it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { styleText } from 'node:util'
import { neverReached } from './lib/reached-documents.ts'
import { REPO } from './lib/repo.ts'
import { MINUTE_MS, runStage } from './lib/run-stage.ts'
import type { Stage, StageRun } from './lib/run-stage.ts'
import { failedFiles, sumOf } from './lib/vitest-report.ts'
import type { Counts } from './lib/vitest-report.ts'

interface Ran extends StageRun {
  stage: Stage
  /** Files that were run once more, and what failed in them at first. */
  again: readonly string[]
}

/** Nobody looks on: what a busy machine spoilt is tried once more. */
const TRIES_AGAIN = process.env['CI'] === 'true'
/** More failed files than these are no accident. */
const MOST_ACCIDENTS = 4

const BUILD = check('build', 'npm', 'run', '--silent', 'build')
const CHECKS: readonly Stage[] = [
  check('types', 'npm', 'run', '--silent', 'types'),
  check('lint', 'npm', 'run', '--silent', 'lint'),
  check('format', 'npm', 'run', '--silent', 'format:check'),
  check('unused', 'npm', 'run', '--silent', 'unused'),
]
const FAST = { ...tests('unit'), silentMs: 5 * MINUTE_MS }
/** What shares nothing runs side by side; guests have a kernel of their own, and take what processor time is left. */
const SLOW = [[tests('live')], [tests('apart'), tests('scanner')], [politely(tests('guest'))]]
const PLAN = [[[BUILD]], CHECKS.map((stage) => [stage]), [[FAST]], SLOW]
const STAGES = PLAN.flat(2)

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !STAGES.some((stage) => stage.name === name))
if (unknown.length > 0) {
  console.error(
    `no such stage: ${unknown.join(', ')}; there are ${STAGES.map((s) => s.name).join(', ')}`,
  )
  process.exit(2)
}
const reached = mkdtempSync(join(tmpdir(), 'stella-reached-'))
const ran: Ran[] = []
for (const lanes of PLAN) {
  ran.push(...(await sideBySide(lanes.map((stages) => stages.filter(isWanted)))))
}
const unreached = STAGES.every(isWanted) ? neverReached(reached) : []
rmSync(reached, { recursive: true })
const lines = ran.flatMap(summaryLines)
// No failure: what this machine cannot do, or was skipped, may be what reaches them.
if (unreached.length > 0) {
  lines.push(`${'documents'.padEnd(10)} no test had an answer by ${unreached.join(', ')}`)
}
console.log(`\n${lines.join('\n')}\n`)
const total = sumOf(ran.map(countsOf))
console.log(numbers(total))
process.exitCode = total.failed > 0 ? 1 : 0

function check(name: string, program: string, ...args: string[]): Stage {
  return { name, program, args, vitest: false, silentMs: 10 * MINUTE_MS }
}

function tests(project: string): Stage {
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json']
  // On a busy machine, with a kernel that is emulated, some files take a quarter of an hour.
  return { name: project, program: 'vitest', args, vitest: true, silentMs: 25 * MINUTE_MS }
}

function politely(stage: Stage): Stage {
  return { ...stage, program: 'nice', args: ['-n', '2', stage.program, ...stage.args] }
}

function isWanted({ name }: Stage): boolean {
  return chosen.length === 0 || chosen.includes(name)
}

/** What the first lane prints is shown at once, and of the others when all have ended. */
async function sideBySide(lanes: readonly (readonly Stage[])[]): Promise<Ran[]> {
  const first = lanes.find((stages) => stages.length > 0)
  const runs = await Promise.all(lanes.map((stages) => oneByOne(stages, stages === first)))
  const all: Ran[] = []
  for (const { stage, run } of runs.flat()) {
    if (run.held !== '') console.log(`${title(stage.name)}\n${run.held}`)
    all.push(
      TRIES_AGAIN && stage.vitest ? await tryAgain(stage, run) : { ...run, stage, again: [] },
    )
  }
  return all
}

async function oneByOne(
  stages: readonly Stage[],
  isShown: boolean,
): Promise<{ stage: Stage; run: StageRun }[]> {
  const runs: { stage: Stage; run: StageRun }[] = []
  for (const stage of stages) {
    if (isShown) console.log(title(stage.name))
    runs.push({ stage, run: await runStage(stage, { isShown, reached }) })
  }
  return runs
}

async function tryAgain(stage: Stage, run: StageRun): Promise<Ran> {
  // For the slow ones there is no time to begin anew.
  const isWhole = run.isStuck && stage === FAST
  const failed = run.isStuck ? [] : failedFiles(run.files ?? new Map())
  if (!isWhole && (failed.length === 0 || failed.length > MOST_ACCIDENTS)) {
    return { ...run, stage, again: [] }
  }
  const names = isWhole ? ['all of it'] : failed.map((file) => relative(REPO, file))
  console.log(`${title(stage.name)}, once more: ${names.join(', ')}`)
  const args = [...stage.args, ...failed]
  const second = await runStage({ ...stage, args }, { isShown: true, reached })
  return {
    ...second,
    stage,
    again: isWhole ? names : failuresIn(run),
    seconds: run.seconds + second.seconds,
    reasons: new Set([...run.reasons, ...second.reasons]),
    files: second.files && new Map([...(run.files ?? []), ...second.files]),
  }
}

function countsOf({ stage, exitCode, files }: Ran): Counts {
  const isOk = exitCode === 0
  if (!stage.vitest) return { passed: isOk ? 1 : 0, failed: isOk ? 0 : 1, skipped: 0 }
  const counts = sumOf(files?.values() ?? [])
  // What fails outside of any file is a failure, too.
  return isOk && files !== null ? counts : { ...counts, failed: Math.max(counts.failed, 1) }
}

function failuresIn({ files }: StageRun): readonly string[] {
  return failedFiles(files ?? new Map()).flatMap((file) => {
    const failures = files?.get(file)?.failures ?? []
    return (failures.length === 0 ? ['outside of its tests'] : failures).map(
      (failure) => `${relative(REPO, file)}: ${failure}`,
    )
  })
}

function title(name: string): string {
  return styleText('bold', `\n== ${name}`)
}

function summaryLines(one: Ran): readonly string[] {
  const counts = countsOf(one)
  const mark = counts.failed > 0 ? styleText('red', 'failed') : styleText('green', 'ok')
  return [
    `${one.stage.name.padEnd(10)} ${mark}: ${numbers(counts)} (${one.seconds} s)`,
    ...failuresIn(one).map((failure) => `           failed: ${failure}`),
    ...one.again.map((failure) => `           once more: ${failure}`),
    ...[...one.reasons].map((reason) => `           ${reason}`),
  ]
}

function numbers({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
