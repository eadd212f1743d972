import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, Watching } from '../../../labs/bench.ts'
import { checkLab, judgeNow, openLab } from '../../../labs/check.ts'
import type { LabCheck } from '../../../labs/check.ts'
import { checkDocument } from '../../../labs/documents.ts'
import type { CheckResult } from '../../../labs/judge.ts'
import { EXIT } from '../../../model/errors.ts'
import { printable } from '../../../report/printable.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import type { Paint } from '../../render/paint.ts'
import { benchFor, listening } from './bench.ts'
import { tellCheck } from './check.ts'
import type { LabFlags } from './parameters.ts'

const ROUND_MS = 1_000
const BY_ITSELF = { answers: new Map<string, string>(), windowMs: null, byItself: true }

/** `stella lab watch`. */
export async function watchOne(this: CliContext, flags: LabFlags, id: string): Promise<void> {
  const bench = benchFor(this, flags)
  const done = await listening(this, flags, (watching) =>
    untilSolved(this, flags, bench, id, watching).catch((error: unknown) => {
      if (watching.signal.aborted) return null
      throw error
    }),
  )
  if (done === null) this.finish(EXIT.bad)
  else if (flags.json === true) this.io.out(`${JSON.stringify(checkDocument(id, done))}\n`)
  else tellCheck(this, flags, id, done)
}

async function untilSolved(
  { io }: CliContext,
  flags: LabFlags,
  bench: Bench,
  id: string,
  watching: Watching,
): Promise<LabCheck> {
  const paint = paintFor(io, flags.noColor ?? false)
  const told = new Map<string, string>()
  for (;;) {
    const results = await judgeNow(bench, openLab(bench, id))
    for (const line of changed(results, told, flags, paint)) io.out(`${line}\n`)
    if (results.every(({ ok }) => ok)) {
      const done = await checkLab(bench, id, BY_ITSELF, watching)
      if (done.passed) return done
      for (const line of changed(done.checks, told, flags, paint)) io.out(`${line}\n`)
    }
    await pause(ROUND_MS, undefined, { signal: watching.signal })
  }
}

/** What is not as it was told before. */
function changed(
  results: readonly CheckResult[],
  told: Map<string, string>,
  { json, quiet }: LabFlags,
  paint: Paint,
): readonly string[] {
  return results.flatMap(({ name, ok, how, actual, expected }) => {
    const stands = ok ? 'holds' : how
    if (told.get(name) === stands) return []
    told.set(name, stands)
    const document = {
      /** A check as it stands now: what `stella lab watch --json` prints, one in a line; behind them comes the check that has passed. */
      schema: 'stella.lab-watch/1' as const,
      name,
      ok,
      actual,
      expected,
    }
    if (json === true) return JSON.stringify(document)
    if (quiet === true) return `${name} ${stands}`
    return `${ok ? paint.good('holds') : paint.bad('fails')}  ${name}: ${printable(actual)}`
  })
}
