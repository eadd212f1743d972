import type { Place } from '../../documents/place.ts'
import type { Setting } from '../../documents/unit-file.ts'
import type { Rule } from '../../rule.ts'
import { inUnit } from './unit-example.ts'
import { assignments, SIZES, takesLimits } from './unit-settings.ts'

export const setTwice: Rule = {
  id: 'S08',
  severity: 'warning',
  title: 'A limit that is set twice in one file',
  why: 'The last one counts, and nobody is told of the first. Whoever changes the wrong one changes nothing.',
  reference: 'systemd.syntax(7); systemd 252 takes the last',
  examples: {
    bad: inUnit('ExecStart=/usr/bin/shop\n»MemoryMax=512M\nRestart=always\nMemoryMax=1G'),
    good: inUnit('ExecStart=/usr/bin/shop\nMemoryMax=1G\nRestart=always'),
  },
  *check(context) {
    for (const { section, key, keyPlace, text, unit } of assignments(context)) {
      if (!SIZES.includes(key) || !takesLimits(section)) continue
      const own = unit.settings.filter((each) => each.key === key && each.section === section)
      const at = own.findIndex((each) => each.keyPlace === keyPlace)
      const next: Setting | undefined = own[at + 1]
      // An empty one takes it back on purpose.
      if (next === undefined || next.value.text === '' || next.value.text === text) continue
      if (isOtherBlock(keyPlace, next.keyPlace)) continue
      yield { place: keyPlace, message: `${key}=${next.value.text} stands below, and counts` }
    }
  },
}

/** A section that begins anew is another file, as 'systemctl cat' prints them one below the other. */
function isOtherBlock({ file, end }: Place, { start }: Place): boolean {
  return /^[ \t]*\[/m.test(file.text.slice(end, start))
}
