/** Runs of the runbooks that come along, by the program itself. */
import { runStella } from './program.ts'

export interface BookRun {
  code: number | null
  /** To go on with it. */
  run: string
  /** Null: it waits. */
  verdict: string | null
  /** Of its steps, by their ids. */
  states: Readonly<Record<string, string>>
  /** What was taken from the outputs of its steps. */
  captures: Readonly<Record<string, unknown>>
  /** Each step with what came of it, for a test that fails. */
  told: string
}

export interface Book {
  /** Looks, and waits before the first change. */
  start(...args: readonly string[]): Promise<BookRun>
  /** Approves the plan by its hash, and goes on. */
  approve(run: BookRun, ...args: readonly string[]): Promise<BookRun>
  /** Looks, and makes the changes without waiting. */
  startApproved(...args: readonly string[]): Promise<BookRun>
}

/** @param env where its programs find what they look at, and STELLA_DATA */
export function book(
  id: string,
  params: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Book {
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`])
  const call = async (...args: readonly string[]): Promise<BookRun> => {
    const { code, out, err } = await runStella(['runbook', ...args, '--json'], env)
    if (out === '') throw new Error(err)
    const told: Told = JSON.parse(out)
    const states = Object.fromEntries(told.steps.map((step) => [step.id, step.state]))
    const captures = Object.assign({}, ...told.steps.map((step) => step.captures))
    const { run, verdict } = told
    return { code, run, verdict, states, captures, told: err + linesOf(told) }
  }
  const approval = async (): Promise<readonly string[]> => {
    const { out } = await runStella(['runbook', 'run', id, ...given, '--dry-run', '--json'], env)
    const { hash }: { hash: string } = JSON.parse(out)
    return ['--approve', hash]
  }
  return {
    start: (...args) => call('run', id, ...given, ...args),
    startApproved: async (...args) => call('run', id, ...given, ...(await approval()), ...args),
    approve: async ({ run }, ...args) => call('resume', run, ...(await approval()), ...args),
  }
}

interface Told {
  run: string
  verdict: string | null
  steps: readonly {
    id: string
    state: string
    why: string | null
    captures: Readonly<Record<string, unknown>>
    commands: readonly { argv: readonly (readonly string[])[]; output: string }[]
  }[]
}

function linesOf({ steps }: Told): string {
  const lines = steps.flatMap(({ id, state, why, commands }) => [
    `${state} ${id}: ${why}`,
    ...commands.flatMap(({ argv, output }) => [`  $ ${argv.join(' | ')}`, output.slice(-600)]),
  ])
  return lines.join('\n')
}
