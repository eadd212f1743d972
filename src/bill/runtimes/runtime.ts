import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { Answer, Question } from '../../model/question.ts'

/** What a runtime's file may look at beside the process itself. */
export interface RuntimeContext {
  /** Answers to this runtime's own questions for this process, by their ids. */
  answers: ReadonlyMap<string, Answer>
  /** All processes of the subject: worker trees are told at their master. */
  processes: readonly ProcessState[]
  /** The smallest memory limit on the way up; null: none, or not known. */
  limitBytes: number | null
}

/** One runtime: how to know it, what to ask it, and what its answers say. Pure; `sources/runtime` carries the questions. */
export interface Runtime {
  /** `java`, `node`, … */
  id: string
  /**
   * Whether this process is one; a worker of a tree is not, its master is. One that only the answers can tell is recognised as
   * possible, and `view` decides.
   */
  recognise(process: ProcessState, processes: readonly ProcessState[]): boolean
  /** What to ask. Never anything that changes the process. */
  questions(process: ProcessState, processes: readonly ProcessState[]): readonly Question[]
  /** Null: the answers show that it is none. Must cope with answers that are missing, refused, cut or of another version. Never throws. */
  view(process: ProcessState, context: RuntimeContext): RuntimeView | null
}

/** The text of an answer; null where it was refused or never asked. */
export function answerText(context: RuntimeContext, id: string): string | null {
  const answer = context.answers.get(id)
  return answer?.ok === true ? answer.text : null
}
