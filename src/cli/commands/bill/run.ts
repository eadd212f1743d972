import { setTimeout as sleep } from 'node:timers/promises'
import { NOTHING_ASKED } from '../../../bill/asked.ts'
import { billDocument } from '../../../bill/document.ts'
import { redactBill } from '../../../evidence/redact.ts'
import type { Bill } from '../../../model/bill.ts'
import type { World } from '../../../model/evidence.ts'
import { usageError } from '../../../model/errors.ts'
import type { Target } from '../../../model/subject.ts'
import { atClusters, type ClusterFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import type { EvidenceFlags, STDIN } from '../../evidence-flags.ts'
import { gather } from '../../gather.ts'
import { billReport } from '../../render/bill.ts'
import { paintFor } from '../../render/paint.ts'
import { reportWidth } from '../../render/width.ts'
import { billOfCaseFile } from './from-files.ts'

interface BillFlags extends CommonFlags, ClusterFlags, EvidenceFlags {
  watch?: boolean
  /** Milliseconds. */
  interval?: number
  count?: number
  ask?: boolean
}

const INTERVAL_MS = 2_000

/** `stella bill`. */
export async function bill(
  this: CliContext,
  flags: BillFlags,
  target?: Target | typeof STDIN,
): Promise<void> {
  const context = atClusters(this, flags)
  if (flags.watch !== true) {
    for (const option of ['interval', 'count'] as const) {
      if (flags[option] === undefined) continue
      throw usageError('has a meaning with --watch alone', `--${option}`, 'add --watch')
    }
    print(this, (await take(context, flags, target)).bill, null, flags)
    return
  }
  if (target === undefined || typeof target === 'string' || (flags.from ?? []).length > 0) {
    throw usageError(
      '--watch looks at what lives, not at files',
      null,
      "name a target, as in 'stella bill docker:web --watch'",
    )
  }
  await watch(context, flags, target)
}

/** Until it is interrupted, or the target is gone. */
async function watch(context: CliContext, flags: BillFlags, target: Target): Promise<void> {
  const { interval = INTERVAL_MS, count = Number.POSITIVE_INFINITY } = flags
  let before: Bill | null = null
  let earlier: World | null = null
  for (let written = 0; written < count; written++) {
    if (before !== null) await sleep(interval)
    const { bill: now, world } = await take(context, flags, target, earlier)
    if (before !== null && context.io.terminal !== null && flags.json !== true) {
      context.io.out(CLEAR)
    }
    print(context, now, before, flags)
    // What is dead changes no more.
    if (now.moment === 'kill') return
    before = now
    earlier = world
  }
}

/** Cursor to the corner, and everything below it erased (ECMA-48: CUP, ED). */
const CLEAR = '\u001b[H\u001b[J'

async function take(
  context: CliContext,
  flags: BillFlags,
  target: Target | typeof STDIN | undefined,
  earlier: World | null = null,
): Promise<{ bill: Bill; world: World | null }> {
  const { from = [], ask = true } = flags
  const engine = await context.engine()
  if (target !== undefined && typeof target !== 'string' && from.length === 0) {
    const found = await engine.collectBill(target, { ask, earlier })
    return {
      bill: redactBill(engine.bill(found.world, found.target, found.asked)),
      world: found.world,
    }
  }
  const [only] = from
  const stored =
    from.length === 1 && only !== undefined && target === undefined
      ? await billOfCaseFile(only)
      : null
  if (stored !== null) return { bill: redactBill(stored), world: null }
  const { world, target: named } = await gather(context, target, { command: 'bill', flags, from })
  return { bill: redactBill(engine.bill(world, named, NOTHING_ASKED)), world }
}

function print(context: CliContext, now: Bill, before: Bill | null, flags: BillFlags): void {
  const { io } = context
  if (flags.json === true) {
    io.out(`${JSON.stringify(billDocument(now), null, flags.watch === true ? undefined : 2)}\n`)
    return
  }
  const options = {
    width: reportWidth(io),
    paint: paintFor(io, flags.noColor ?? false),
    quiet: flags.quiet ?? false,
  }
  io.out(billReport(now, before, options))
}
