import { EXIT } from '../../../../model/errors.ts'
import type { Target } from '../../../../model/subject.ts'
import { forecastSnapshot } from '../../../../simulate/snapshot/forecast.ts'
import { type SnapshotKnown, snapshotKnown } from '../../../../simulate/snapshot/from-world.ts'
import type { CommonFlags } from '../../../common-flags.ts'
import type { CliContext } from '../../../context.ts'
import type { EvidenceFlags, STDIN } from '../../../evidence-flags.ts'
import { gather } from '../../../gather.ts'
import { printAnswer } from '../print.ts'
import { snapshotAnswer } from './answer.ts'
import { settingOf, type SnapshotNumbers } from './setting.ts'

interface SnapshotFlags extends CommonFlags, EvidenceFlags, SnapshotNumbers {}

/** `stella simulate snapshot`. */
export async function snapshot(
  this: CliContext,
  flags: SnapshotFlags,
  target?: Target | typeof STDIN,
): Promise<void> {
  const known = await look(this, flags, target)
  const setting = settingOf(flags, known)
  const forecast = forecastSnapshot(setting)
  printAnswer(this.io, flags, snapshotAnswer({ flags, known, setting, forecast }))
  this.finish(forecast.decision === 'go' ? EXIT.ok : EXIT.bad)
}

/** Null where neither a target nor files are named: then the flags tell it all. */
async function look(
  context: CliContext,
  flags: SnapshotFlags,
  target: Target | typeof STDIN | undefined,
): Promise<SnapshotKnown | null> {
  const { from = [] } = flags
  if (target === undefined && from.length === 0) return null
  if (target !== undefined && typeof target !== 'string' && from.length === 0) {
    const engine = await context.engine()
    const { world, target: found, asked } = await engine.collectBill(target, { ask: true })
    return snapshotKnown(world, found, asked.answers)
  }
  const { world, target: named } = await gather(context, target, {
    command: 'simulate snapshot',
    flags,
    from,
  })
  return snapshotKnown(world, named, [])
}
