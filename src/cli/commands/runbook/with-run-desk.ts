/** A run on this machine, told of as it goes. */
import { liveDesk } from '../../../app/runbooks/live-desk.ts'
import { recordedRun } from '../../../app/runbooks/runs.ts'
import { EXIT, unreachableError } from '../../../model/errors.ts'
import type { ExitCode } from '../../../model/errors.ts'
import { toldRun } from '../../../runbooks/report/told-run.ts'
import type { ToldRun } from '../../../runbooks/report/told-run.ts'
import type { RunDesk } from '../../../runbooks/run/desk.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { userName } from '../../scanner-desk.ts'
import { print } from '../scanner/print.ts'
import { untilInterrupted } from '../watch/interrupted.ts'
import { atTerminal } from './person.ts'
import { endLines, eventLines } from './run-text.ts'

/** Gives a desk to what is done with it; whoever interrupts leaves a run that can be resumed. */
export async function withRunDesk<Result>(
  { io }: CliContext,
  flags: CommonFlags,
  folder: string,
  work: (desk: RunDesk) => Promise<Result>,
): Promise<Result> {
  const leaving = new AbortController()
  void untilInterrupted().then(() => leaving.abort())
  const isToldAsItGoes = flags.json !== true && flags.quiet !== true
  const paint = paintFor(io, flags.noColor ?? false)
  const isSomebodyThere = isToldAsItGoes && io.terminal !== null && process.stdin.isTTY
  const asked = isSomebodyThere ? atTerminal(io, leaving.signal) : null
  try {
    return await work(
      liveDesk({
        now: () => io.now(),
        by: userName(),
        env: { ...io.env, STELLA_DATA: folder, LC_ALL: 'C', NO_COLOR: '1' },
        signal: leaving.signal,
        told: (event) => {
          if (isToldAsItGoes) for (const line of eventLines(event, paint)) io.out(`${line}\n`)
        },
        person: asked?.person ?? null,
      }),
    )
  } finally {
    await asked?.close()
  }
}

/** What a run has come to, and the exit code for it. */
export function tellEnd(context: CliContext, flags: CommonFlags, folder: string, id: string): void {
  const told = toldOf(folder, id)
  print(context.io, flags, {
    document: told,
    lines: endLines(told),
    quiet: [`${id} ${told.verdict ?? 'waits'}`],
  })
  context.finish(exitCodeOf(told))
}

/** @throws StellaError (unreachable) where there is none */
export function toldOf(folder: string, id: string): ToldRun {
  const { events, broken } = recordedRun(folder, id)
  const told = toldRun(id, events, broken)
  if (told !== null) return told
  throw unreachableError(
    'its journal holds no run',
    id,
    "'stella runbook runs' lists those that do",
  )
}

/** Not decided: it waits for somebody, or nothing shows whether it helped. */
export function exitCodeOf({ verdict, broken }: Pick<ToldRun, 'verdict' | 'broken'>): ExitCode {
  if (broken !== null) return EXIT.bad
  if (verdict === null || verdict === 'not-verified') return EXIT.inconclusive
  return verdict === 'resolved' || verdict === 'well' ? EXIT.ok : EXIT.bad
}
