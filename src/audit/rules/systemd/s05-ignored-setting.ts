import type { Rule } from '../../rule.ts'
import { inUnit } from './unit-example.ts'
import { assignments, isFilledIn } from './unit-settings.ts'

const POLICIES = ['continue', 'stop', 'kill']
const MOST = 1000

const service = (policy: string): string => `
ExecStart=/usr/bin/shop
MemoryMax=512M
OOMPolicy=${policy}`

export const ignoredSetting: Rule = {
  id: 'S05',
  severity: 'error',
  title: 'A setting for kills that systemd ignores',
  why: 'OOMPolicy= is continue, stop or kill, and OOMScoreAdjust= a number from -1000 to 1000. Anything else is ignored with a warning in the journal, and the default holds.',
  reference:
    'systemd.service(5), systemd.exec(5); systemd 252: Failed to parse OOM policy, ignoring: restart',
  examples: { bad: inUnit(service('»restart')), good: inUnit(service('kill')) },
  *check(context) {
    for (const { section, key, text, place } of assignments(context)) {
      if (section !== 'Service' || !isFilledIn(text)) continue
      const isPolicy = key === 'OOMPolicy' && !POLICIES.includes(text)
      const isScore = key === 'OOMScoreAdjust' && !isScoreText(text)
      if (!isPolicy && !isScore) continue
      const takes = isPolicy ? POLICIES.join(', ') : `-${MOST} to ${MOST}`
      yield { place, message: `${text.slice(0, 40)} is ignored; ${key}= takes ${takes}` }
    }
  },
}

/** systemd takes other bases as well. */
function isScoreText(text: string): boolean {
  const [, sign = '', digits = ''] = /^([-+]?)(\d+|0x[\da-f]+|0b[01]+|0o[0-7]+)$/i.exec(text) ?? []
  return digits !== '' && Math.abs(Number(sign === '-' ? -Number(digits) : digits)) <= MOST
}
