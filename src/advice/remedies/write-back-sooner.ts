import { MIB } from '../../model/bytes.ts'
import { ownLimitBytes } from '../../verdict/reading.ts'
import { command, hasCause, type RemedyRule } from '../remedy-rule.ts'

/** More than this does not pay off, whatever the limit is: a disk takes seconds for it. */
const MOST_BYTES = 800 * MIB
/** Less slows down everybody who writes. */
const LEAST_BYTES = 16 * MIB

export const writeBackSooner: RemedyRule = {
  id: 'write-back-sooner',
  suits(incident, judgement) {
    if (!hasCause(judgement, 'dirty-pages')) return null
    const settings = settingsFor(judgement.binding.limitBytes ?? ownLimitBytes(incident))
    const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    return {
      id: writeBackSooner.id,
      layer: 'kernel',
      title:
        'Start writing back sooner, so that dirty pages do not pile up; this changes the whole machine. Back: write vm.dirty_ratio and vm.dirty_background_ratio as they were; the kernel refuses 0 bytes',
      risk: 'medium',
      reversible: true,
      commands: [command('host', `sysctl -w ${assignments.join(' ')}`)],
      change: { kind: 'sysctl', set: settings },
    }
  },
}

/** The kernel counts for the whole machine: with an eighth of the limit, one group cannot fill itself with what is not written. */
function settingsFor(limitBytes: number | null): Readonly<Record<string, string>> {
  const eighth = Math.floor((limitBytes ?? Number.POSITIVE_INFINITY) / 8)
  const bytes = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, eighth))
  return {
    'vm.dirty_background_bytes': String(Math.floor((bytes * 5) / 8)),
    'vm.dirty_bytes': String(bytes),
  }
}
