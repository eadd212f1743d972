import type { Check } from '../check.ts'
import { lastLook } from '../seen.ts'

/** Variables in the living process, kernel settings in /proc/sys: as they are in force. Values stay unsaid, names do not. */
export const settings: Check = {
  name: 'settings in force',
  needed: true,
  judge(seen) {
    const change = seen.fix?.change
    if (change === undefined || !('set' in change)) return null
    const names = Object.keys(change.set)
    const expected = `${names.join(', ')} as planned`
    const found = lastLook(seen).settings
    if (found === null) return { ok: null, actual: 'not known', expected }
    const others = names.filter((name) => found[name] !== change.set[name])
    return {
      ok: others.length === 0,
      actual: others.length === 0 ? expected : `${others.join(', ')} not as planned`,
      expected,
    }
  },
}
