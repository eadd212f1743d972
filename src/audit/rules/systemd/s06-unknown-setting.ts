import type { Edit, Rule } from '../../rule.ts'
import { inUnit } from './unit-example.ts'
import { assignments, SIZES, takesLimits, type Assigned } from './unit-settings.ts'

/** What people write for one of the settings, in lower case. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ...SIZES.map((name): [string, string] => [name.toLowerCase(), name]),
  ['memmax', 'MemoryMax'],
  ['memorymaximum', 'MemoryMax'],
  ['maxmemory', 'MemoryMax'],
  ['limitmemory', 'MemoryMax'],
  ['memlimit', 'MemoryMax'],
  ['memory', 'MemoryMax'],
  ['memhigh', 'MemoryHigh'],
  ['memlow', 'MemoryLow'],
  ['memswapmax', 'MemorySwapMax'],
  ['swapmax', 'MemorySwapMax'],
  ['memoryswap', 'MemorySwapMax'],
])

/** Sections that take no limit of memory, whatever the file is. */
const OTHERS = ['Unit', 'Install']

export const unknownSetting: Rule = {
  id: 'S06',
  severity: 'error',
  title: 'A limit that systemd does not know',
  why: 'A key that is misspelt, or stands in a section that does not have it, is ignored with a warning in the journal: the unit starts without the limit. Upper and lower case count. In [Container], Quadlet knows Memory=, and makes no service of a file with a key that it does not know.',
  reference:
    "systemd 252: Unknown key 'MemMax' in section [Service], ignoring; Quadlet 6.0: unsupported key 'MemoryMax' in group 'Container'",
  examples: {
    bad: inUnit('ExecStart=/usr/bin/shop\n»MemMax=512M'),
    good: inUnit('ExecStart=/usr/bin/shop\nMemoryMax=512M'),
  },
  *check(context) {
    for (const setting of assignments(context)) {
      const { section, key, keyPlace } = setting
      const isSize = SIZES.includes(key)
      const meant = MEANT.get(key.toLowerCase().replaceAll('_', ''))
      if (OTHERS.includes(section) && isSize) {
        yield { place: keyPlace, message: `${key}= does nothing in [${section}]` }
      } else if (section === 'Container' && isSize) {
        yield { place: keyPlace, message: `[Container] has no ${key}=; Memory= is its limit` }
      } else if (takesLimits(section) && !isSize && meant !== undefined) {
        yield {
          place: keyPlace,
          message: `[${section}] has no ${key}=; ${meant}= is the limit`,
          edits: renamed(setting, meant),
        }
      }
    }
  },
}

/** Where the right one stands there as well, nobody knows which of them counts. */
function renamed({ keyPlace, unit, section }: Assigned, to: string): readonly Edit[] {
  const isThere = unit.settings.some((each) => each.key === to && each.section === section)
  return isThere ? [] : [{ place: keyPlace, text: to }]
}
