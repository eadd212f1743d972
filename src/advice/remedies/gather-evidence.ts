import { command, type Command, type RemedyRule } from '../remedy-rule.ts'
import { quote } from '../shell.ts'

const KERNEL_LOG = 'journalctl -k -g "oom-kill|Killed process" --no-pager'

/** The kernel log of a task is that of its agent, by the address that Marathon tells. */
function onAgent(host: string | null | undefined): readonly Command[] {
  if (host === null || host === undefined) return []
  const run = quote(`sudo ${KERNEL_LOG}`)
  return [command('marathon', `dcos node ssh --master-proxy --private-ip=${quote(host)} ${run}`)]
}

export const gatherEvidence: RemedyRule = {
  id: 'gather-evidence',
  suits(incident, judgement) {
    const { code, confidence } = judgement.verdict
    const open = code === 'killed-unknown' || (code.startsWith('oom-') && confidence !== 'certain')
    if (!open) return null
    const { platform } = incident.subject
    return {
      id: gatherEvidence.id,
      layer: 'node',
      title: 'Read what would prove it: the kernel log of that time, and the engine’s events',
      risk: 'low',
      reversible: true,
      commands: [
        ...(platform === 'marathon' ? onAgent(incident.marathon?.fact.lastTaskFailure?.host) : []),
        command('host', KERNEL_LOG),
        ...(platform === 'docker' || platform === 'podman'
          ? [command(platform, `${platform} events --since 24h --until 0s`)]
          : []),
        ...(platform === 'kubernetes'
          ? [command('kubernetes', 'kubectl get events -A --sort-by=.lastTimestamp')]
          : []),
      ],
    }
  },
}
