/**
 * All checks and tests, the fast ones first: `npm test`, or `node scripts/test.ts STAGE...` for some of them.
 * What cannot run on this machine is skipped with its reason; with CI=true that is a failure.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { neverReached, REACHED_FOLDER } from './lib/reached-documents.ts'
import { REPO } from './lib/repo.ts'
import { endWorkers } from './lib/stuck-workers.ts'

const MINUTE_MS = 60_000

interface Counts {
  passed: number
  failed: number
  skipped: number
}

interface Stage {
  name: string
  program: string
  args: readonly string[]
  /** Vitest tells how many tests it ran; any other program is one check. */
  vitest: boolean
  /** No file of tests takes as long: its workers are ended, and it is tried once more where it may be. */
  silentMs: number
  triesAgain: boolean
}

interface Outcome {
  counts: Counts
  /** Why tests were skipped, each reason once. */
  reasons: ReadonlySet<string>
  seconds: number
}

interface Ran extends Outcome {
  name: string
  /** What it printed, where it was not shown at once. */
  held: string
}

const BUILD = check('build', 'npm', 'run', '--silent', 'build')
const CHECKS: readonly Stage[] = [
  check('types', 'npm', 'run', '--silent', 'types'),
  check('lint', 'npm', 'run', '--silent', 'lint'),
  check('format', 'npm', 'run', '--silent', 'format:check'),
  check('unused', 'npm', 'run', '--silent', 'unused'),
]
const FAST = { ...tests('unit'), silentMs: 5 * MINUTE_MS, triesAgain: process.env['CI'] === 'true' }
/** What shares nothing runs side by side; guests have a kernel of their own, and take what processor time is left. */
const [LIVE, APART, GUEST] = [tests('live'), tests('apart'), politely(tests('guest'))]
const SIDE_BY_SIDE = [LIVE, APART, GUEST]
const STAGES = [BUILD, ...CHECKS, FAST, ...SIDE_BY_SIDE]

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !STAGES.some((stage) => stage.name === name))
if (unknown.length > 0) {
  console.error(
    `no such stage: ${unknown.join(', ')}; there are ${STAGES.map((s) => s.name).join(', ')}`,
  )
  process.exit(2)
}
const reached = mkdtempSync(join(tmpdir(), 'stella-reached-'))
const outcomes: Ran[] = []
await sideBySide([BUILD])
await sideBySide(CHECKS)
await sideBySide([FAST])
await sideBySide(SIDE_BY_SIDE)
const total: Counts = { passed: 0, failed: 0, skipped: 0 }
const lines: string[] = []
for (const { name, ...outcome } of outcomes) {
  total.passed += outcome.counts.passed
  total.failed += outcome.counts.failed
  total.skipped += outcome.counts.skipped
  lines.push(
    summaryLine(name, outcome),
    ...[...outcome.reasons].map((reason) => `           ${reason}`),
  )
}
const unreached = [FAST, ...SIDE_BY_SIDE].every(isWanted) ? neverReached(reached) : []
rmSync(reached, { recursive: true })
// No failure: what this machine cannot do, or was skipped, may be what reaches them.
if (unreached.length > 0) {
  lines.push(`${'documents'.padEnd(10)} no test had an answer by ${unreached.join(', ')}`)
}
console.log(`\n${lines.join('\n')}\n`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0

function check(name: string, program: string, ...args: string[]): Stage {
  return { name, program, args, vitest: false, silentMs: 10 * MINUTE_MS, triesAgain: false }
}

function tests(project: string): Stage {
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json']
  // On a busy machine, with a kernel that is emulated, some files take a quarter of an hour.
  const silentMs = 25 * MINUTE_MS
  return { name: project, program: 'vitest', args, vitest: true, silentMs, triesAgain: false }
}

function politely(stage: Stage): Stage {
  return { ...stage, program: 'nice', args: ['-n', '4', stage.program, ...stage.args] }
}

function title(name: string): string {
  return styleText('bold', `\n== ${name}`)
}

function isWanted({ name }: Stage): boolean {
  return chosen.length === 0 || chosen.includes(name)
}

/** Those that were asked for: what the first prints is shown at once, and of the others when all have ended. */
async function sideBySide(stages: readonly Stage[]): Promise<void> {
  const ran = stages
    .filter(isWanted)
    .map(async (stage, at) => ({ name: stage.name, ...(await run(stage, at === 0)) }))
  for (const outcome of await Promise.all(ran)) {
    if (outcome.held !== '') console.log(`${title(outcome.name)}\n${outcome.held}`)
    outcomes.push(outcome)
  }
}

/** @param isShown what it prints is shown at once; else it is held */
async function run(stage: Stage, isShown: boolean): Promise<Omit<Ran, 'name'>> {
  if (isShown) console.log(title(stage.name))
  const started = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
  const report = join(folder, 'report.json')
  try {
    const args = stage.vitest ? [...stage.args, `--outputFile.json=${report}`] : stage.args
    const first = await show(stage, args, isShown)
    const isTriedAgain = first.isStuck && stage.triesAgain
    const last = isTriedAgain ? await show(stage, args, isShown) : first
    const { exitCode, reasons, held } = last
    const counts = stage.vitest ? readCounts(report) : { passed: 1, failed: 0, skipped: 0 }
    // A program that fails outside of any one test counts as one failure.
    if (exitCode !== 0 && counts.failed === 0) {
      counts.failed = 1
      if (!stage.vitest) counts.passed = 0
    }
    return { counts, reasons, held, seconds: Math.round((performance.now() - started) / 1000) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Shown {
  exitCode: number
  reasons: Set<string>
  held: string
  /** A worker never came back, and was ended. */
  isStuck: boolean
}

/** Runs a stage in the repository, passes on what it prints, and collects the reasons of what it skipped. */
function show(
  { name, program, silentMs }: Stage,
  args: readonly string[],
  isShown: boolean,
): Promise<Shown> {
  const reasons = new Set<string>()
  let held = ''
  let isStuck = false
  const child = spawn(program, args, {
    cwd: REPO,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      [REACHED_FOLDER]: reached,
      PATH: `${join(REPO, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    },
  })
  const silence = setTimeout(async () => {
    isStuck = true
    console.error(
      `\n${name}: nothing came for ${silentMs / MINUTE_MS} minutes; its workers are ended`,
    )
    if (child.pid !== undefined) console.error(await endWorkers(child.pid))
  }, silentMs)
  const pass = (target: NodeJS.WriteStream) => (chunk: Buffer) => {
    silence.refresh()
    if (isShown) target.write(chunk)
    else held += chunk.toString()
    for (const [reason] of chunk.toString().matchAll(/^skipped: .*$/gm)) reasons.add(reason)
  }
  child.stdout.on('data', pass(process.stdout))
  child.stderr.on('data', pass(process.stderr))
  return new Promise((resolve) => {
    const end = (exitCode: number): void => {
      clearTimeout(silence)
      resolve({ exitCode, reasons, held, isStuck })
    }
    child.on('error', (error) => {
      console.error(`cannot start ${program}: ${error.message}; run 'npm ci' first`)
      end(127)
    })
    child.on('close', (code) => end(code ?? 1))
  })
}

/** Vitest's own counts; nothing where it did not come to write them. */
function readCounts(report: string): Counts {
  try {
    const found: unknown = JSON.parse(readFileSync(report, 'utf8'))
    return {
      passed: numberOf(found, 'numPassedTests'),
      failed: numberOf(found, 'numFailedTests'),
      skipped: numberOf(found, 'numPendingTests') + numberOf(found, 'numTodoTests'),
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

function numberOf(found: unknown, key: string): number {
  if (typeof found !== 'object' || found === null) return 0
  const value: unknown = Reflect.get(found, key)
  return typeof value === 'number' ? value : 0
}

function summaryLine(name: string, { counts, seconds }: Outcome): string {
  const mark = counts.failed > 0 ? styleText('red', 'failed') : styleText('green', 'ok')
  const numbers = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`
  return `${name.padEnd(10)} ${mark}: ${numbers} (${seconds} s)`
}
