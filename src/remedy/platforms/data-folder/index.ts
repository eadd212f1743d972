import { usageError } from '../../../model/errors.ts'
import type { Driver } from '../../driver.ts'
import { blank, planJournal, putBack } from './journal.ts'
import { planPrivate, setMode, takeModeBack } from './rights.ts'
import { readStep } from './step.ts'

/** Where stella keeps its records: who may enter, and what of its journal can be read. */
export const dataFolder: Driver = {
  platform: 'data-folder',
  handles: ({ kind }, change) =>
    kind === 'data-folder' && (change.kind === 'private' || change.kind === 'journal'),
  async plan({ target, change }) {
    if (target.kind !== 'data-folder') throw nothingToDo()
    const { path } = target
    const plan = change.kind === 'private' ? planPrivate(path) : await planJournal(path)
    if (plan.steps.length === 0) throw nothingToDo()
    return {
      ...plan,
      platform: 'data-folder',
      target,
      method: 'in-place',
      risk: 'low',
      warnings: [],
      diff: '',
      workload: { image: null, imageId: null, command: [] },
    }
  },
  async carryOut(step) {
    const data = readStep(step)
    if (data.kind === 'mode') setMode(data)
    else blank(data)
    return {}
  },
  async takeBack(step, _hands, { force }) {
    const data = readStep(step)
    if (data.kind === 'mode') takeModeBack(data, force)
    else putBack(data, force)
  },
}

function nothingToDo(): Error {
  return usageError('nothing in the data folder has to be mended', null, 'nothing is to be done')
}
