import type { Edit, Rule } from '../../rule.ts'
import { inUnit } from './unit-example.ts'
import { assignments, takesLimits, type Assigned } from './unit-settings.ts'

/** Where one of them is set, the old setting is ignored (core/cgroup.c, unit_has_unified_memory_config). */
const UNIFIED = ['MemoryMax', 'MemoryHigh', 'MemoryLow', 'MemoryMin', 'MemorySwapMax']

export const oldLimit: Rule = {
  id: 'S02',
  severity: 'warning',
  title: 'MemoryLimit= is no limit any more',
  why: 'It is of the first version of the memory controller. systemd up to 257 takes it for MemoryMax= with a warning, where no other setting of memory stands beside it; from 258 on it is ignored, and nothing limits the unit.',
  reference:
    'systemd 252: Unit uses MemoryLimit=; please use MemoryMax= instead; core/load-fragment-gperf.gperf.in of 258: DISABLED_LEGACY',
  examples: {
    bad: inUnit('ExecStart=/usr/bin/shop\n»MemoryLimit=512M'),
    good: inUnit('ExecStart=/usr/bin/shop\nMemoryMax=512M'),
  },
  *check(context) {
    for (const setting of assignments(context)) {
      const { section, key, keyPlace, unit } = setting
      if (key !== 'MemoryLimit' || !takesLimits(section)) continue
      const other = unit.settings.find(
        (each) => UNIFIED.includes(each.key) && each.section === section && each.value.text !== '',
      )
      yield {
        place: keyPlace,
        message:
          other === undefined
            ? 'systemd 258 ignores it; MemoryMax= is the limit'
            : `it is ignored beside ${other.key}=`,
        edits: other === undefined ? renamed(setting) : [],
      }
    }
  },
}

function renamed({ keyPlace }: Assigned): readonly Edit[] {
  return [{ place: keyPlace, text: 'MemoryMax' }]
}
