import { readSystemdSize, type SystemdSize } from '../../../parsers/quantity/systemd.ts'
import type { Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inUnit } from './unit-example.ts'
import { assignments, isFilledIn, SIZES, takesLimits } from './unit-settings.ts'

const service = (size: string): string => `
ExecStart=/usr/bin/shop
MemoryMax=${size}`

/** What may be nothing. */
const MAY_BE_ZERO = /Low$|Min$|SwapMax$/

export const ignoredSize: Rule = {
  id: 'S01',
  severity: 'error',
  title: 'A size that systemd ignores',
  why: 'systemd takes K, M, G and T, upper case and without an i or a B behind them, and all are binary: 512M is 512 MiB. Whatever else stands there is ignored with a warning in the journal, and the unit starts without the limit.',
  reference:
    "systemd.resource-control(5); systemd 252: Invalid memory limit '512Mi', ignoring: Invalid argument",
  examples: { bad: inUnit(service('»512Mi')), good: inUnit(service('512M')) },
  *check(context) {
    for (const { section, key, text, place } of assignments(context)) {
      if (!SIZES.includes(key) || !takesLimits(section) || !isFilledIn(text)) continue
      const size = readSystemdSize(text)
      if (size !== null && (!isNothing(size) || MAY_BE_ZERO.test(key))) continue
      const meant = meantSize(text)
      const instead =
        meant === null ? '' : `; ${meant} is ${meant === 'infinity' ? 'no limit' : 'taken'}`
      yield {
        place,
        message: `${text.slice(0, 40)} is ignored, as if ${key}= did not stand there${instead}`,
        edits: meant === null ? [] : replaced({ text, place }, meant),
      }
    }
  },
}

/** What somebody meant who wrote a size in another dialect. */
function meantSize(text: string): string | null {
  const plain = text.replace(/^"(.*)"$|^'(.*)'$/, '$1$2')
  if (/^(?:max|none|unlimited|infinity)$/i.test(plain)) return 'infinity'
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp])(?:i?b|i)?$/i.exec(plain) ?? []
  if (unit !== '' && Number(number) > 0) return number + unit.toUpperCase()
  const size = readSystemdSize(plain)
  return size === null || isNothing(size) ? null : plain
}

function isNothing(size: SystemdSize): boolean {
  return (size.kind === 'bytes' && size.bytes === 0) || (size.kind === 'share' && size.share === 0)
}
