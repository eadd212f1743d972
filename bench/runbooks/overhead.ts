/**
 * What runbooks cost beside the commands that they run: `node bench/runbooks/overhead.ts [STEPS] [ROUNDS]`
 * 1. reading a document of 1,000 steps and planning it; 2. the engine for each step with its journal, where commands are answered
 * and not run; 3. a run of `true` beside bare spawns of `true`, in turn; 4. the same commands by other runners, as far as they are
 * found: PEERS=folder/with/just:… before PATH.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { liveDesk } from '../../src/app/runbooks/live-desk.ts'
import { startRun } from '../../src/app/runbooks/begin-run.ts'
import { readRunbook } from '../../src/runbooks/document/read-runbook.ts'
import { planOf } from '../../src/runbooks/plan.ts'
import type { RunDesk } from '../../src/runbooks/run/desk.ts'

const [steps = 100, rounds = 9] = process.argv.slice(2).map(Number)
const PLANNED = 1_000
const PLAN_BAR_MS = 100
const STEP_BAR_MS = 5
const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const ENV = { ...process.env, PATH: `${process.env['PEERS'] ?? ''}:${process.env['PATH'] ?? ''}` }

/** A command that is over before it has begun. */
const answered: RunDesk['run'] = async () => ({
  ...({ outcome: 'exited', exit: 0, says: null } as const),
  ...{ stdout: '', source: '', stderr: '', left: 0 },
})

const folder = mkdtempSync(join(tmpdir(), 'stella-bench-runbooks-'))
try {
  const plan = planning()
  const engine = await perStep((order) => ({ ...order, run: answered }))
  const bare = await medianOf(async () => {
    for (let at = 0; at < steps; at++)
      await once(spawn('true', { stdio: ['ignore', 'pipe', 'pipe'] }), 'close')
  })
  const real = await perStep((order) => order)
  const ours = real - bare / steps
  print(
    `plan of ${PLANNED} steps with reading: ${plan.cpu.toFixed(0)} ms of the processor (bar ${PLAN_BAR_MS} ms), ${plan.wall.toFixed(0)} ms in all`,
  )
  print(`engine and journal: ${engine.toFixed(2)} ms a step (bar ${STEP_BAR_MS} ms)`)
  print(
    `true: ${real.toFixed(2)} ms a step, bare ${(bare / steps).toFixed(2)} ms: ours ${ours.toFixed(2)} ms (bar ${STEP_BAR_MS} ms)`,
  )
  await peers()
  print(`medians of ${rounds}`)
  process.exitCode = plan.cpu <= PLAN_BAR_MS && engine <= STEP_BAR_MS && ours <= STEP_BAR_MS ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function bookOf(count: number, command: string): string {
  const step = (n: number): string =>
    `Look at ${n}.\n\n\`\`\`bash {id=s${n}, kind=check, timeout=10s}\n${command}\n\`\`\`\n\n`
  return `# All is well\n\n## Quick checks\n\n${Array.from({ length: count }, (_, n) => step(n)).join('')}`
}

interface Taken {
  wall: number
  /** Of the processor: others of a busy machine are not in it. */
  cpu: number
}

function planning(): Taken {
  const text = bookOf(PLANNED, 'stella scanner jobs show 1f2e3d4c --json')
  const times = Array.from({ length: rounds }, (): Taken => {
    const begun = performance.now()
    const before = process.cpuUsage()
    const { runbook } = readRunbook(text, 'bench.md')
    if (planOf(runbook, new Map()).steps.length !== PLANNED) throw new Error('steps are missing')
    const { user, system } = process.cpuUsage(before)
    return { wall: performance.now() - begun, cpu: (user + system) / 1_000 }
  })
  return { wall: median(times.map(({ wall }) => wall)), cpu: median(times.map(({ cpu }) => cpu)) }
}

/** Milliseconds, with all that a run writes down. */
async function perStep(desk: (usual: RunDesk) => RunDesk): Promise<number> {
  const { runbook } = readRunbook(bookOf(steps, 'true'), 'bench.md')
  const usual = liveDesk({
    now: () => Date.now(),
    by: 'bench',
    env: process.env,
    signal: new AbortController().signal,
    told: () => undefined,
    person: null,
  })
  const order = {
    origin: { kind: 'person' } as const,
    runbook,
    path: 'bench.md',
    given: new Map<string, string>(),
    approval: { hash: null, steps: [], lowRisk: false },
    ...{ onlyChecks: false, deep: false, undoOnFailure: false, withinMs: null },
  }
  return (await medianOf(() => startRun(join(folder, 'data'), order, desk(usual)))) / steps
}

/** The whole command, from its start to its end. */
async function peers(): Promise<void> {
  const book = join(folder, 'book.md')
  writeFileSync(book, bookOf(steps, 'true'))
  const tasks = Array.from({ length: steps }, (_, n) => `s${n}`)
  writeFileSync(
    join(folder, 'justfile'),
    `all: ${tasks.join(' ')}\n${tasks.map((name) => `${name}:\n  @true\n`).join('')}`,
  )
  const plain = join(folder, 'plain.md')
  writeFileSync(
    plain,
    `# All\n\n${tasks.map((name) => `\`\`\`bash { name=${name} }\ntrue\n\`\`\`\n`).join('\n')}`,
  )
  const ours = [
    'stella',
    process.execPath,
    [LAUNCHER, 'runbook', 'run', book, '--quiet', '--data', join(folder, 'data')],
  ] as const
  const others = [
    ['just', 'just', ['--justfile', join(folder, 'justfile'), 'all']],
    ['runme', 'runme', ['run', '--all', '--skip-prompts', '--filename', plain]],
    ['rundoc', 'rundoc', ['run', '-t', 'bash', plain]],
  ] as const
  const times = new Map<string, number[]>()
  const found = [ours, ...others].filter(
    ([, program]) => spawnSync(program, ['--version'], { env: ENV }).error === undefined,
  )
  for (let round = 0; round < rounds; round++) {
    for (const [name, program, args] of found) {
      const begun = performance.now()
      const { status, stderr } = spawnSync(program, args, { cwd: folder, env: ENV })
      if (status !== 0)
        throw new Error(`${name} ended with ${status}: ${String(stderr).slice(0, 400)}`)
      times.set(name, [...(times.get(name) ?? []), performance.now() - begun])
    }
  }
  const stella = median(times.get('stella') ?? [])
  print(`${steps} commands, from start to end: stella ${stella.toFixed(0)} ms`)
  for (const [name] of others) {
    const taken = times.get(name)
    print(
      taken === undefined
        ? `  ${name}: not here`
        : `  ${name} ${median(taken).toFixed(0)} ms: ratio ${(stella / median(taken)).toFixed(2)}`,
    )
  }
}

async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now()
    await work()
    times.push(performance.now() - begun)
  }
  return median(times)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
