import { command, isVerdict, type RemedyRule } from '../remedy-rule.ts'

export const relieveHost: RemedyRule = {
  id: 'relieve-host',
  suits(incident, judgement) {
    if (!isVerdict(judgement, 'oom-host', 'oom-panic', 'oom-userspace', 'evicted')) return null
    const isKubernetes = incident.subject.platform === 'kubernetes'
    return {
      id: relieveHost.id,
      layer: 'node',
      title: isKubernetes
        ? 'Give the pod a request that covers what it uses, and the node less to run: raising the limit alone makes it worse'
        : 'Give every container a limit, and keep their sum below the machine’s memory; raising one limit makes it worse',
      risk: 'low',
      reversible: true,
      commands: isKubernetes
        ? [command('kubernetes', 'kubectl describe node NODE')]
        : [
            command(
              'docker',
              "docker ps -q | xargs -r docker inspect --format '{{.Name}} {{.HostConfig.Memory}}'",
            ),
            command('host', 'ps -eo pid,rss,oom_score_adj,comm --sort=-rss | head'),
          ],
    }
  },
}
