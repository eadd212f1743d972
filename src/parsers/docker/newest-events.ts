import type { Observation } from '../../model/evidence.ts'
import { keepNewest, MAX_OBSERVATIONS } from '../observe.ts'

/** Health checks are execs, some thousand a day: they must not push out the one event that tells of a death. */
const MAX_EXECS = 2_000

/** The newest events of a list, in its order. */
export interface NewestEvents {
  add(event: Observation): void
  all(): Observation[]
}

export function newestEvents(): NewestEvents {
  const execs: { number: number; event: Observation }[] = []
  const others: { number: number; event: Observation }[] = []
  let number = 0
  return {
    add(event) {
      const isExec = event.fact.kind === 'container-event' && event.fact.action.startsWith('exec_')
      if (isExec) keepNewest(execs, { number, event }, MAX_EXECS)
      else keepNewest(others, { number, event })
      number++
    },
    all() {
      const kept = [...execs.slice(-MAX_EXECS), ...others.slice(-MAX_OBSERVATIONS)]
      return kept.toSorted((a, b) => a.number - b.number).map(({ event }) => event)
    },
  }
}

/** The sentence for a list that is longer than what is kept of it. `mark` finds one event. */
export function droppedEvents(text: string, mark: RegExp): string[] {
  let count = 0
  for (const _match of text.matchAll(mark)) {
    count++
    if (count > MAX_OBSERVATIONS) {
      return [
        `a list holds more than ${MAX_OBSERVATIONS} container events: only the newest were read, and fewer of its execs`,
      ]
    }
  }
  return []
}
