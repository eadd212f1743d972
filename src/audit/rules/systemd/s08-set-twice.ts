import type { Place } from '../../documents/place.ts'
import type { Setting } from '../../documents/unit-file.ts'
import type { Rule } from '../../rule.ts'
import { inUnit } from './unit-example.ts'
import { SIZES, takesLimits } from './unit-settings.ts'

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
  *check({ units }) {
    for (const { settings } of units) {
      const last = new Map<string, Setting>()
      for (const setting of settings) {
        const { section, key, keyPlace, value } = setting
        if (!SIZES.includes(key) || !takesLimits(section)) continue
        const before = last.get(section + key)
        last.set(section + key, setting)
        if (before === undefined || isOtherBlock(before.keyPlace, keyPlace)) continue
        // An empty one takes it back on purpose.
        const texts = [before.value.text, value.text]
        if (texts.includes('') || texts[0] === texts[1]) continue
        yield { place: before.keyPlace, message: `${key}=${value.text} stands below, and counts` }
      }
    }
  },
}

/** A section that begins anew is another file, as 'systemctl cat' prints them one below the other. */
function isOtherBlock({ file, end }: Place, { start }: Place): boolean {
  return /^[ \t]*\[/m.test(file.text.slice(end, start))
}
