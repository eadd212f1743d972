import { command, hasCause, type RemedyRule } from '../remedy-rule.ts'

const SETTINGS = {
  'vm.dirty_background_bytes': '524288000',
  'vm.dirty_bytes': '838860800',
} as const

export const writeBackSooner: RemedyRule = {
  id: 'write-back-sooner',
  suits(_incident, judgement) {
    if (!hasCause(judgement, 'dirty-pages')) return null
    const assignments = Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`)
    return {
      id: writeBackSooner.id,
      layer: 'kernel',
      title:
        'Start writing back sooner, so that dirty pages do not pile up; this changes the whole machine. Back: write vm.dirty_ratio and vm.dirty_background_ratio as they were; the kernel refuses 0 bytes',
      risk: 'medium',
      reversible: true,
      commands: [command('host', `sysctl -w ${assignments.join(' ')}`)],
      change: { kind: 'sysctl', set: SETTINGS },
    }
  },
}
