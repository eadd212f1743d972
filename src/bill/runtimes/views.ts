import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { Answer, Question } from '../../model/question.ts'
import { RUNTIMES } from './index.ts'
import type { Runtime } from './runtime.ts'

/** Processes of one subject that are looked into: the largest. A tree of workers is one. */
const MAX_LOOKED_INTO = 16

/** What to ask which process. */
export interface Inquiry {
  pid: number
  questions: readonly Question[]
}

/**
 * The questions for the runtimes among these processes.
 *
 * @param among all that live beside them: a master is told with its workers
 */
export function inquiriesFor(
  processes: readonly ProcessState[],
  among: readonly ProcessState[] = processes,
): Inquiry[] {
  return known(processes, among).map(({ process, runtime }) => ({
    pid: process.pid,
    questions: runtime.questions(process, among),
  }))
}

/** What the runtimes say, the largest process first. */
export function viewsOf(
  processes: readonly ProcessState[],
  answers: readonly Answer[],
  limitBytes: number | null,
  among: readonly ProcessState[] = processes,
): RuntimeView[] {
  return known(processes, among).flatMap(({ process, runtime }) => {
    const own = answers.filter(({ pid }) => pid === process.pid)
    const view = runtime.view(process, {
      answers: new Map(own.map((answer) => [answer.id, answer])),
      processes: among,
      limitBytes,
    })
    return view === null ? [] : [view]
  })
}

function known(
  processes: readonly ProcessState[],
  among: readonly ProcessState[],
): { process: ProcessState; runtime: Runtime }[] {
  return processes
    .toSorted((a, b) => (b.rssBytes ?? 0) - (a.rssBytes ?? 0))
    .flatMap((process) => {
      const runtime = RUNTIMES.find((one) => one.recognise(process, among))
      return runtime === undefined ? [] : [{ process, runtime }]
    })
    .slice(0, MAX_LOOKED_INTO)
}
