import { command, hasCause, type RemedyRule } from '../remedy-rule.ts'

export const boundSnapshots: RemedyRule = {
  id: 'bound-snapshots',
  suits(_incident, judgement) {
    if (!hasCause(judgement, 'fork-copy-on-write')) return null
    return {
      id: boundSnapshots.id,
      layer: 'app',
      title:
        'Leave room for the copies a fork makes: data at most half of the limit under heavy writing, snapshots at quiet times, transparent huge pages off',
      risk: 'low',
      reversible: true,
      commands: [
        command('host', 'redis-cli INFO persistence | grep cow'),
        command('host', 'redis-cli CONFIG SET maxmemory BYTES'),
      ],
    }
  },
}
