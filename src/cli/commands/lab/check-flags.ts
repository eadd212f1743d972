import { usageError } from '../../../model/errors.ts'
import { parseDuration } from '../../duration.ts'

/** `who=kernel`: a question and its answer. */
export interface Answer {
  question: string
  says: string
}

/** @throws StellaError (usage) */
export function parseAnswer(text: string): Answer {
  const [question = '', ...says] = text.split('=')
  if (question !== '' && says.join('=') !== '') return { question, says: says.join('=').trim() }
  const what = `'${text.slice(0, 60)}' is no answer`
  throw usageError(what, '--answer', 'write it as QUESTION=ANSWER')
}

/** `0s` looks once. @throws StellaError (usage) */
function parseWindow(text: string): number {
  return text === '0s' ? 0 : parseDuration(text)
}

export const CHECK_FLAGS = {
  answer: {
    kind: 'parsed',
    parse: parseAnswer,
    brief: 'An answer to a question of the lab; may be repeated',
    placeholder: 'QUESTION=ANSWER',
    variadic: true,
    optional: true,
  },
  for: {
    kind: 'parsed',
    parse: parseWindow,
    brief: 'How long it has to hold; 0s: now (default: as long as the lab asks for)',
    placeholder: 'DUR',
    optional: true,
  },
} as const
