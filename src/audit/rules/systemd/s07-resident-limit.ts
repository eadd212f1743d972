import type { Rule } from '../../rule.ts'
import { inUnit } from './unit-example.ts'
import { assignments, takesLimits } from './unit-settings.ts'

export const residentLimit: Rule = {
  id: 'S07',
  severity: 'warning',
  title: 'LimitRSS= limits nothing',
  why: 'The kernel has not looked at this limit of a process since 2.4.30: the program may take as much as without it. MemoryMax= bounds the unit with all its processes.',
  reference: 'getrlimit(2), RLIMIT_RSS; measured: 68 MiB resident below a limit of 10 MiB',
  examples: {
    bad: inUnit('ExecStart=/usr/bin/shop\n»LimitRSS=512M'),
    good: inUnit('ExecStart=/usr/bin/shop\nMemoryMax=512M'),
  },
  *check(context) {
    for (const { section, key, keyPlace, text } of assignments(context)) {
      if (key !== 'LimitRSS' || !takesLimits(section) || text === 'infinity') continue
      yield { place: keyPlace, message: `Linux ignores LimitRSS=${text.slice(0, 40)}` }
    }
  },
}
