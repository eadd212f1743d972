import type { FixRecord } from '../model/fix.ts'
import { applyPlan, planChange, recoverFixes, undoFix, writeManifest } from '../remedy/engine.ts'
import type { Driver } from '../remedy/driver.ts'
import { DRIVERS } from '../remedy/platforms/index.ts'
import { hostReader } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import { fixStore } from '../store/fixes.ts'
import type { FixDesk } from './engine.ts'
import { untilSignal } from './until-signal.ts'

/**
 * What stella changed, kept below a data folder, and how it changes more. An interruption is followed by the way back.
 *
 * @param options.more drivers of what has to be opened before it can be asked
 * @param options.reader what drivers read and run programs with
 */
export function fixDesk(
  dataFolder: string,
  { more = [], reader = hostReader() }: { more?: readonly Driver[]; reader?: Reader } = {},
): FixDesk {
  const drivers = [...DRIVERS, ...more]
  const store = fixStore(dataFolder)
  return {
    folder: store.folder,
    list: store.list,
    read: store.read,
    plan: (request) => untilSignal((signal) => planChange(drivers, request, { reader, signal })),
    manifest: (request, form) =>
      untilSignal((signal) => writeManifest(drivers, request, form, { reader, signal })),
    apply: (order, { onStep }) => {
      let told: string | undefined
      const watched = {
        ...store,
        write: (record: FixRecord) => {
          store.write(record)
          const step = record.plan.steps.find(({ id }) => id === record.begun.at(-1))
          if (step !== undefined && step.id !== told) onStep(step.says)
          told = step?.id
        },
      }
      return untilSignal((signal) =>
        applyPlan(order, { drivers, store: watched, hands: { reader, signal } }),
      )
    },
    undo: (which, options) =>
      untilSignal((signal) =>
        undoFix(which, { drivers, store, hands: { reader, signal } }, options),
      ),
    recover: () =>
      untilSignal((signal) => recoverFixes({ drivers, store, hands: { reader, signal } })),
  }
}
