/** Somebody who is not there, and has sent answers: what they have not answered waits for them. Pure. */
import type { Person, Word } from './desk.ts'

/** To a question of one step: whether, again or done (it had begun when stella ended), or a value. */
export type SentAnswer = 'yes' | 'no' | 'again' | 'done' | { value: string }

/** @param answers by the ids of steps */
export function remotePerson(answers: ReadonlyMap<string, SentAnswer>): Person {
  const wordFor = (id: string): Word | 'later' => {
    const answer = answers.get(id)
    return answer === 'yes' || answer === 'no' ? answer : 'later'
  }
  const orQuit = (word: Word | 'later'): Word => (word === 'later' ? 'quit' : word)
  return {
    how: 'http',
    looksOn: false,
    approves: async ({ step }) => orQuit(wordFor(step.id)),
    hasDone: async ({ step }) => wordFor(step.id),
    async valueFor({ step }) {
      const answer = answers.get(step.id)
      if (typeof answer === 'object') return answer
      return answer === 'no' ? 'none' : 'later'
    },
    async wantsAgain({ step }) {
      const answer = answers.get(step.id)
      if (answer === 'again') return 'yes'
      return answer === 'done' ? 'no' : 'quit'
    },
    wantsUndo: async () => false,
  }
}
