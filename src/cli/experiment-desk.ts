import { machineFolder } from '../pressure/machine-folder.ts'
import { pressureStore } from '../pressure/records.ts'
import { runExperiment } from '../pressure/run.ts'
import { seeSubject } from '../pressure/subject.ts'
import { recoverAll } from '../pressure/take-back.ts'
import { hostReader } from '../sources/reader.ts'
import type { ExperimentDesk } from './engine.ts'

/** Experiments on this machine, kept below a data folder. */
export function experimentDesk(dataFolder: string): ExperimentDesk {
  const store = pressureStore(dataFolder)
  const reader = hostReader()
  const lockFolder = machineFolder(process.env, process.getuid?.() === 0)
  return {
    list: store.list,
    read: store.read,
    see: (named, target) => seeSubject(named, target, reader),
    run: (plan, { onSays, signal }) =>
      runExperiment(plan, { reader, dataFolder, lockFolder, signal, onSays }),
    recover: (only) => recoverAll(store, reader, { lockFolder, only }),
  }
}
