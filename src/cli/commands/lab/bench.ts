import { liveBench } from '../../../app/labs/live-bench.ts'
import type { Bench, Watching } from '../../../labs/bench.ts'
import { EXIT, StellaError } from '../../../model/errors.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import type { CliContext } from '../../context.ts'
import { LEFT, untilSignal } from '../../until-signal.ts'
import type { LabFlags } from './parameters.ts'

export function benchFor({ io }: CliContext, flags: LabFlags): Bench {
  return liveBench(dataFolder(flags.data, io.env, process.getuid?.() === 0), io.env)
}

/**
 * Whoever leaves, with Ctrl-C or by closing the terminal, is heard: what was begun is removed first. What is being done is told
 * on a terminal.
 */
export async function listening<Result>(
  { io }: CliContext,
  { quiet, json }: LabFlags,
  work: (watching: Watching) => Promise<Result>,
): Promise<Result> {
  const isTold = quiet !== true && json !== true && io.terminal !== null
  const onStep = (says: string): void => {
    if (isTold) io.err(`${says}\n`)
  }
  return untilSignal((signal) => work({ signal, onStep }), {
    signals: LEFT,
    second: 'waits',
    reason: interrupted,
  })
}

function interrupted(): StellaError {
  return new StellaError({
    exitCode: EXIT.bad,
    what: 'it was interrupted; what was begun is removed',
    todo: "begin again, or see 'stella lab list'",
  })
}
