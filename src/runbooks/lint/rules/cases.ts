import { namesIn, readCondition, wordsComparedIn } from '../../condition/condition.ts'
import { CASE_WORDS } from '../../trigger/case-words.ts'
import type { Rule } from '../finding.ts'

export const cases: Rule = {
  id: 'cases',
  about: 'a condition for cases that no case can fulfil',
  find: ({ about }) =>
    about.cases.flatMap((text) =>
      problemsOf(text).map((says) => ({
        line: 1,
        says: `cases: '${text.slice(0, 80)}': ${says}`,
        todo: 'write it as verdict == oom-own-limit && platform == docker',
        isError: true,
      })),
    ),
}

function problemsOf(text: string): readonly string[] {
  const read = readCondition(text)
  if (!read.ok) return [read.says]
  const unknown = namesIn(read.condition).filter((name) => !Object.hasOwn(CASE_WORDS, name))
  const never = wordsComparedIn(read.condition).flatMap(({ name, word }) => {
    const values = CASE_WORDS[name]?.values ?? null
    return values === null || values.includes(word) ? [] : [`${name} is never '${word}'`]
  })
  return [...unknown.map((name) => `no case tells '${name}'`), ...never]
}
