/** A run on this machine, told of as it goes. */
import { liveDesk, runEnv } from '../../../app/runbooks/live-desk.ts'
import { runDocumentOf } from '../../../app/runbooks/recorded-runs.ts'
import { EXIT, unreachableError } from '../../../model/errors.ts'
import type { ExitCode } from '../../../model/errors.ts'
import type { RunDocument } from '../../../runbooks/report/run-document.ts'
import { isGood } from '../../../runbooks/run/verdict.ts'
import type { RunDesk } from '../../../runbooks/run/desk.ts'
import type { RunEvent } from '../../../runbooks/run/event.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { userName } from '../../scanner-desk.ts'
import { print } from '../scanner/print.ts'
import { listenForLeaving } from './leaving.ts'
import { atTerminal } from './person.ts'
import { endLines, eventLines } from './run-text.ts'

/** Gives a desk to what is done with it; whoever interrupts leaves a run that can be resumed. */
export async function withRunDesk<Result>(
  { io }: CliContext,
  flags: CommonFlags,
  folder: string,
  work: (desk: RunDesk) => Promise<Result>,
): Promise<Result> {
  io.mayGoUnread()
  let changing: string | null = null
  const isAtTerminal = io.terminal !== null
  const leaving = listenForLeaving(isAtTerminal, () => {
    if (changing === null) return
    io.err(`stella: '${changing}' is being made: the run stops behind it; once more ends it now\n`)
  })
  const isToldAsItGoes = flags.json !== true && flags.quiet !== true
  const paint = paintFor(io, flags.noColor ?? false)
  const isSomebodyThere = isToldAsItGoes && isAtTerminal && process.stdin.isTTY
  const asked = isSomebodyThere ? atTerminal(io, leaving.soon) : null
  try {
    return await work(
      liveDesk({
        now: () => io.now(),
        by: userName(),
        env: runEnv(io.env, folder),
        signal: leaving.soon,
        endsChange: leaving.now,
        told: (event) => {
          changing = changeIn(event) ?? (endsOne(event) ? null : changing)
          if (isToldAsItGoes) for (const line of eventLines(event, paint)) io.out(`${line}\n`)
        },
        person: asked?.person ?? null,
      }),
    )
  } finally {
    await asked?.close()
    leaving.close()
  }
}

function changeIn(event: RunEvent): string | null {
  return event.kind === 'change-begun' || event.kind === 'undo-begun' ? event.step : null
}

function endsOne({ kind }: RunEvent): boolean {
  return kind === 'step-ended' || kind === 'undo-ended'
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
export function toldOf(folder: string, id: string): RunDocument {
  const told = runDocumentOf(folder, id)
  if (told !== null) return told
  throw unreachableError(
    'its journal holds no run',
    id,
    "'stella runbook runs' lists those that do",
  )
}

/** Not decided: it waits for somebody, or nothing shows whether it helped. */
export function exitCodeOf({ verdict, broken }: Pick<RunDocument, 'verdict' | 'broken'>): ExitCode {
  if (broken !== null) return EXIT.bad
  if (verdict === null || verdict === 'not-verified') return EXIT.inconclusive
  return isGood(verdict) ? EXIT.ok : EXIT.bad
}
