import { VERDICT_CODES, type VerdictCode } from '../../../model/case.ts'
import { usageError } from '../../../model/errors.ts'
import { meantWord } from '../../../parsers/nearest-word.ts'

/**
 * Reads the code of a verdict.
 *
 * @throws StellaError (usage) on anything else
 */
export function parseVerdict(text: string): VerdictCode {
  const code = VERDICT_CODES.find((known) => known === text)
  if (code !== undefined) return code
  const todo = meantWord(text, VERDICT_CODES, `use one of ${VERDICT_CODES.join(', ')}`)
  throw usageError(`'${text}' is no verdict`, null, todo)
}
