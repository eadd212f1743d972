import { command, type RemedyRule } from '../remedy-rule.ts'

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
        command('host', 'journalctl -k -g "oom-kill|Killed process" --no-pager'),
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
