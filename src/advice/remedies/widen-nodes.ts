import { command, isVerdict, type RemedyRule } from '../remedy-rule.ts'

export const widenNodes: RemedyRule = {
  id: 'widen-nodes',
  suits(_incident, judgement) {
    if (!isVerdict(judgement, 'oom-numa')) return null
    return {
      id: widenNodes.id,
      layer: 'container',
      title:
        'Allow more NUMA nodes (cpuset.mems, --cpuset-mems), or bind with "preferred" instead of "bind"',
      risk: 'low',
      reversible: true,
      commands: [command('host', 'numactl --hardware')],
    }
  },
}
