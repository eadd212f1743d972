import { liveBench } from '../../../app/labs/live-bench.ts'
import type { Bench, Watching } from '../../../labs/bench.ts'
import { EXIT, StellaError } from '../../../model/errors.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import type { CliContext } from '../../context.ts'
import type { LabFlags } from './parameters.ts'

export function benchFor({ io }: CliContext, flags: LabFlags): Bench {
  return liveBench(dataFolder(flags.data, io.env, process.getuid?.() === 0), io.env)
}

const LEAVING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Whoever leaves, with Ctrl-C or by closing the terminal, is heard: what was begun is removed first. What is being done is told
 * on a terminal.
 */
export async function listening<Result>(
  { io }: CliContext,
  { quiet, json }: LabFlags,
  work: (watching: Watching) => Promise<Result>,
): Promise<Result> {
  const leaving = new AbortController()
  const leave = (): void => leaving.abort(interrupted())
  for (const signal of LEAVING) process.on(signal, leave)
  const isTold = quiet !== true && json !== true && io.terminal !== null
  try {
    return await work({
      signal: leaving.signal,
      onStep: (says) => {
        if (isTold) io.err(`${says}\n`)
      },
    })
  } finally {
    for (const signal of LEAVING) process.off(signal, leave)
  }
}

function interrupted(): StellaError {
  return new StellaError({
    exitCode: EXIT.bad,
    what: 'it was interrupted; what was begun is removed',
    todo: "begin again, or see 'stella lab list'",
  })
}
