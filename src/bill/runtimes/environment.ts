import { linesOf } from '../../parsers/lines.ts'
import { answerText } from './runtime.ts'
import type { RuntimeContext } from './runtime.ts'

/** The variables of the answer `environment`, by name. The first of a name counts, as for getenv(3). */
export function environmentOf(context: RuntimeContext): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  for (const { text } of linesOf(answerText(context, 'environment') ?? '')) {
    const equals = text.indexOf('=')
    if (equals > 0 && !variables.has(text.slice(0, equals))) {
      variables.set(text.slice(0, equals), text.slice(equals + 1))
    }
  }
  return variables
}
