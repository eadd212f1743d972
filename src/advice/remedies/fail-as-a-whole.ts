import { command, isVerdict, type RemedyRule } from '../remedy-rule.ts'
import { quote } from '../shell.ts'

export const failAsAWhole: RemedyRule = {
  id: 'fail-as-a-whole',
  suits(incident, judgement) {
    if (judgement.verdict.mainProcessDied !== false) return null
    if (
      !isVerdict(judgement, 'oom-own-limit', 'oom-ancestor-limit', 'oom-nested-limit', 'oom-host')
    ) {
      return null
    }
    const group = incident.groups.own?.fact
    const unit = incident.path?.split('/').at(-1) ?? ''
    return {
      id: failAsAWhole.id,
      layer: 'container',
      title: `Let the container fail as a whole when a child is killed, so that it is restarted: a supervisor that exits, or ${
        incident.kubelet?.fact.singleProcessOomKill === true
          ? 'no singleProcessOOMKill in the configuration of the kubelet'
          : 'memory.oom.group (cgroup v2)'
      }`,
      risk: 'medium',
      reversible: true,
      commands: [
        ...(unit.endsWith('.service') ? [command('systemd', policyCommand(unit))] : []),
        ...(group?.version === 2 && group.path !== null
          ? [command('host', `echo 1 > ${quote(`/sys/fs/cgroup${group.path}/memory.oom.group`)}`)]
          : []),
      ],
    }
  },
}

/** `systemctl set-property` takes resource control alone; OOMPolicy has to stand in a file, and holds from the next start. */
function policyCommand(unit: string): string {
  const folder = `/etc/systemd/system/${unit}.d`
  return `mkdir -p ${quote(folder)} && printf '[Service]\\nOOMPolicy=kill\\n' > ${quote(`${folder}/oom-policy.conf`)} && systemctl daemon-reload`
}
