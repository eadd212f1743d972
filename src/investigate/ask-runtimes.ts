import { inquiriesFor } from '../bill/runtimes/views.ts'
import type { ProcessState } from '../model/facts.ts'
import type { Answer } from '../model/question.ts'
import { ask } from '../sources/runtime/ask.ts'
import type { Reader } from '../sources/reader.ts'

/**
 * Asks the runtimes among these processes about their memory, all at the same time.
 *
 * @param among all that live beside them
 * @param timeoutMs for each question; one that is late counts as not answered
 */
export async function askRuntimes(
  reader: Reader,
  processes: readonly ProcessState[],
  among: readonly ProcessState[],
  timeoutMs: number,
): Promise<Answer[]> {
  const inquiries = inquiriesFor(processes, among).map(async ({ pid, questions }) => {
    const answers: Answer[] = []
    // One after the other: a runtime that answers one question at a time must not be crowded.
    for (const question of questions) {
      answers.push(await ask(reader, pid, question, AbortSignal.timeout(timeoutMs)))
    }
    return answers
  })
  return (await Promise.all(inquiries)).flat()
}
