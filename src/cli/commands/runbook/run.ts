import { openRunbook } from '../../../app/runbooks/shelf.ts'
import { usageError } from '../../../model/errors.ts'
import { paramValues } from '../../../runbooks/params.ts'
import { planOf } from '../../../runbooks/plan.ts'
import { planDocument } from '../../../runbooks/report/plan-document.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { print } from '../scanner/print.ts'
import type { LiveFlags } from './run-live.ts'
import { planLines } from './plan-text.ts'

export interface RunFlags extends LiveFlags {
  dryRun?: boolean
  param?: readonly string[]
}

/** `stella runbook run`. */
export async function runRunbook(this: CliContext, flags: RunFlags, name: string): Promise<void> {
  const opened = openRunbook(name)
  const { runbook } = opened.read
  const given = givenParams(flags.param ?? [])
  if (flags.dryRun !== true) {
    const { runLive } = await import('./run-live.ts')
    return runLive(this, flags, opened, given)
  }
  const params = paramValues(runbook.params, given)
  const plan = planOf(runbook, params.values)
  const paint = paintFor(this.io, flags.noColor ?? false)
  print(this.io, flags, {
    document: planDocument(runbook, plan, params),
    lines: planLines(runbook, plan, params.missing, paint),
    quiet: [plan.hash],
  })
}

/** @throws StellaError (usage) */
export function givenParams(texts: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at < 1)
      throw usageError(
        `'${text.slice(0, 60)}' is no parameter`,
        '--param',
        'write it as NAME=VALUE',
      )
    given.set(text.slice(0, at), text.slice(at + 1))
  }
  return given
}
