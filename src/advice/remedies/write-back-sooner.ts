import { command, hasCause, type RemedyRule } from '../remedy-rule.ts'

export const writeBackSooner: RemedyRule = {
  id: 'write-back-sooner',
  suits(_incident, judgement) {
    if (!hasCause(judgement, 'dirty-pages')) return null
    return {
      id: writeBackSooner.id,
      layer: 'kernel',
      title:
        'Start writing back sooner, so that dirty pages do not pile up; this changes the whole machine. Back: set both to 0, then the ratios hold again',
      risk: 'medium',
      reversible: true,
      commands: [
        command('host', 'sysctl -w vm.dirty_background_bytes=524288000 vm.dirty_bytes=838860800'),
      ],
    }
  },
}
