import { command, hasCause, type RemedyRule } from '../remedy-rule.ts'
import { podInCommands } from '../pod-in-commands.ts'
import { quote } from '../shell.ts'

export const emptyTmpfs: RemedyRule = {
  id: 'empty-tmpfs',
  suits(incident, judgement) {
    if (!hasCause(judgement, 'tmpfs')) return null
    const { platform, name, id } = incident.subject
    const who = quote(name ?? id ?? 'NAME')
    const look = 'du -xsh /dev/shm /tmp /run'
    const { namespace, pod, container } = podInCommands(incident.subject)
    return {
      id: emptyTmpfs.id,
      layer: 'app',
      title:
        'Delete or move the files in tmpfs, and give the mount a size below the limit: they stay charged until deleted',
      risk: 'medium',
      reversible: false,
      commands:
        platform === 'docker' || platform === 'podman'
          ? [
              command(platform, `${platform} exec ${who} ${look}`),
              command('compose', 'services: { SERVICE: { shm_size: 32m } }'),
            ]
          : platform === 'kubernetes'
            ? [
                command(
                  'kubernetes',
                  `kubectl -n ${quote(namespace)} exec ${quote(pod)} -c ${quote(container)} -- ${look}`,
                ),
              ]
            : [command('host', look)],
    }
  },
}
