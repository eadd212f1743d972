import { VERDICT_CODES, type VerdictCode } from '../../../model/case.ts'
import { usageError } from '../../../model/errors.ts'

/**
 * Reads the code of a verdict.
 *
 * @throws StellaError (usage) on anything else
 */
export function parseVerdict(text: string): VerdictCode {
  const code = VERDICT_CODES.find((known) => known === text)
  if (code !== undefined) return code
  throw usageError(`'${text}' is no verdict`, null, `use one of ${VERDICT_CODES.join(', ')}`)
}
