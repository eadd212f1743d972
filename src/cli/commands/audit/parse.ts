import { usageError } from '../../../model/errors.ts'
import { readSize } from '../../../parsers/quantity/own.ts'

/** `K01`, in either case. Whether there is such a rule is asked later: the rules are not loaded for a help text. */
export function parseRuleId(text: string): string {
  if (/^[A-Za-z]\d{2}$/.test(text)) return text.toUpperCase()
  throw usageError(
    `'${text.slice(0, 40)}' is no rule`,
    null,
    'name it by its letter and number, as in K01',
  )
}

/** Bytes. */
export function parseHostSize(text: string): number {
  const reading = readSize(text)
  if (!reading.ok) throw usageError(reading.problem, null, reading.todo)
  if (reading.bytes > 0) return reading.bytes
  throw usageError('no machine has 0 bytes', null, 'give the memory of the machine, as in 8Gi')
}
