import { command, hasCause, type RemedyRule } from '../remedy-rule.ts'

export const freeKernelMemory: RemedyRule = {
  id: 'free-kernel-memory',
  suits(_incident, judgement) {
    if (!hasCause(judgement, 'kernel-memory')) return null
    return {
      id: freeKernelMemory.id,
      layer: 'app',
      title:
        'Look for full pipes, sockets with slow readers, and programs that open millions of files: the kernel holds memory for them',
      risk: 'low',
      reversible: true,
      commands: [command('host', 'ss -tmp'), command('host', 'slabtop -o -s c')],
    }
  },
}
