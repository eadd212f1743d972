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

/** The questions for the runtimes among these processes. */
export function inquiriesFor(processes: readonly ProcessState[]): Inquiry[] {
  return known(processes).map(({ process, runtime }) => ({
    pid: process.pid,
    questions: runtime.questions(process, processes),
  }))
}

/** What the runtimes say, the largest process first. */
export function viewsOf(
  processes: readonly ProcessState[],
  answers: readonly Answer[],
  limitBytes: number | null,
): RuntimeView[] {
  return known(processes).flatMap(({ process, runtime }) => {
    const own = answers.filter(({ pid }) => pid === process.pid)
    const view = runtime.view(process, {
      answers: new Map(own.map((answer) => [answer.id, answer])),
      processes,
      limitBytes,
    })
    return view === null ? [] : [view]
  })
}

function known(processes: readonly ProcessState[]): { process: ProcessState; runtime: Runtime }[] {
  return processes
    .toSorted((a, b) => (b.rssBytes ?? 0) - (a.rssBytes ?? 0))
    .flatMap((process) => {
      const runtime = RUNTIMES.find((one) => one.recognise(process, processes))
      return runtime === undefined ? [] : [{ process, runtime }]
    })
    .slice(0, MAX_LOOKED_INTO)
}
