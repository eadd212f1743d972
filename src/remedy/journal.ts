/** What a fix did so far, on the disk before the next move is made. */
import type { FixRecord, FixStep } from '../model/fix.ts'
import type { FixStore } from '../store/fixes.ts'

export interface Journal {
  readonly record: FixRecord
  /** The step is about to be made. */
  begin(step: FixStep): void
  /** It was made, and this was learned. */
  finish(step: FixStep, learned: FixStep['data']): void
  /** It is as if it had never been made. */
  takenBack(step: FixStep): void
  set(fields: Partial<Pick<FixRecord, 'state' | 'problem' | 'appliedAt' | 'endedAt'>>): void
}

export function openJournal(store: FixStore, record: FixRecord): Journal {
  let current = record
  const write = (next: FixRecord): void => {
    current = next
    store.write(next)
  }
  return {
    get record() {
      return current
    },
    begin: ({ id }) => write({ ...current, begun: [...current.begun, id] }),
    finish: ({ id }, learned) => {
      const steps = current.plan.steps.map((step) =>
        step.id === id ? { ...step, data: { ...step.data, ...learned } } : step,
      )
      write({ ...current, plan: { ...current.plan, steps }, done: [...current.done, id] })
    },
    takenBack: ({ id }) =>
      write({
        ...current,
        begun: current.begun.filter((begun) => begun !== id),
        done: current.done.filter((done) => done !== id),
      }),
    set: (fields) => write({ ...current, ...fields }),
  }
}
