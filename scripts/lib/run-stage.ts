/** Runs one stage of the checks: a program of the repository, whose silence is watched. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REACHED_FOLDER } from './reached-documents.ts'
import { REPO } from './repo.ts'
import { endWorkers } from './stuck-workers.ts'
import { readReport } from './vitest-report.ts'
import type { ReportsByFile } from './vitest-report.ts'

export const MINUTE_MS = 60_000

export interface Stage {
  name: string
  program: string
  args: readonly string[]
  /** Vitest tells how many tests it ran; any other program is one check. */
  vitest: boolean
  /** Nothing takes as long without a word: its workers are ended. */
  silentMs: number
}

export interface StageRun {
  exitCode: number
  seconds: number
  /** What vitest told; null for other programs, and where it did not come to tell. */
  files: ReportsByFile | null
  /** Why tests were skipped, each reason once. */
  reasons: ReadonlySet<string>
  /** What it printed, where it was not shown at once. */
  held: string
  /** A worker never came back, and was ended. */
  isStuck: boolean
}

export interface Showing {
  /** What it prints is shown at once; else it is held. */
  isShown: boolean
  /** Where answers of tests are noted. */
  reached: string
}

export async function runStage(stage: Stage, showing: Showing): Promise<StageRun> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
  const report = join(folder, 'report.json')
  const started = performance.now()
  try {
    const args = stage.vitest ? [...stage.args, `--outputFile.json=${report}`] : stage.args
    const shown = await show({ ...stage, args }, showing)
    const seconds = Math.round((performance.now() - started) / 1000)
    return { ...shown, seconds, files: stage.vitest ? readReport(report) : null }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Shown = Omit<StageRun, 'files' | 'seconds'>

/** Passes on what it prints, and collects the reasons of what it skipped. */
function show(
  { name, program, args, silentMs }: Stage,
  { isShown, reached }: Showing,
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
