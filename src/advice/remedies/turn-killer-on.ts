import { command, isVerdict, type RemedyRule } from '../remedy-rule.ts'
import { quote } from '../shell.ts'

export const turnKillerOn: RemedyRule = {
  id: 'turn-killer-on',
  suits(incident, judgement) {
    if (!isVerdict(judgement, 'hung-at-limit')) return null
    const { path } = incident
    return {
      id: turnKillerOn.id,
      layer: 'container',
      title:
        'Let the kernel kill at the limit, without --oom-kill-disable: who waits there now is killed at once',
      risk: 'medium',
      reversible: true,
      commands:
        path === null
          ? []
          : [
              command(
                'host',
                `echo 0 > ${quote(`/sys/fs/cgroup/memory${path}/memory.oom_control`)}`,
              ),
            ],
    }
  },
}
