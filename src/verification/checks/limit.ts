import { formatBytes } from '../../model/bytes.ts'
import type { Check } from '../check.ts'
import { hasEnded, lastLook } from '../seen.ts'

/** The kernel keeps limits in whole pages, and the largest page size of a supported kernel is 64 KiB. */
const LARGEST_PAGE_BYTES = 64 * 1024

/** What the kernel enforces counts, not what a configuration says. */
export const limit: Check = {
  name: 'limit in force',
  needed: true,
  judge(seen) {
    if (seen.isMachine) return null
    const { limit: inForce, configuredLimitBytes } = lastLook(seen)
    const planned = seen.fix?.change.kind === 'limit' ? seen.fix.change.limitBytes : null
    const expected = planned === null ? 'a limit below the memory of the machine' : inBytes(planned)
    if (inForce === null) {
      const actual = hasEnded(seen)
        ? `none is in force, ${toldBy(configuredLimitBytes)}`
        : 'not known'
      return { ok: null, actual, expected }
    }
    // A flag of a runtime does not promise a limit.
    if (inForce === 'none' && planned === null && seen.fix !== null) return null
    if (inForce === 'none') return { ok: false, actual: 'no limit', expected }
    const only =
      configuredLimitBytes === null || configuredLimitBytes === inForce
        ? ''
        : `; the configuration alone says ${inBytes(configuredLimitBytes)}`
    const actual = `${inBytes(inForce)}${only}`
    if (seen.hostBytes !== null && inForce > seen.hostBytes) {
      const machine = `the machine has ${formatBytes(seen.hostBytes)}`
      return { ok: false, actual: `${actual}, and ${machine}: that is no limit`, expected }
    }
    return {
      ok: planned === null || Math.abs(inForce - planned) < LARGEST_PAGE_BYTES,
      actual,
      expected,
    }
  },
}

function toldBy(configuredLimitBytes: number | null): string {
  return configuredLimitBytes === null
    ? 'and no limit is known that it would start with'
    : `it would start with ${inBytes(configuredLimitBytes)}`
}

function inBytes(bytes: number): string {
  return `${formatBytes(bytes)} (${bytes} bytes)`
}
