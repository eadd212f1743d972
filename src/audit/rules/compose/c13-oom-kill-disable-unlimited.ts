import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService, raw } from '../examples.ts'
import { oomKillDisable } from './oom-kill-disable.ts'

export const oomKillDisabledUnlimited: Rule = {
  id: 'C13',
  severity: 'critical',
  title: 'Without a limit, and not to be killed',
  why: 'The container may take all memory of the machine, and the kernel has to kill everything else first. The engine itself warns of it.',
  reference:
    'moby, daemon/daemon_unix.go: OOM killer is disabled for the container, but no memory limit is set',
  examples: {
    bad: raw(
      'compose.yaml',
      'services:\n  web: # stella-ignore C01: an example of another rule\n    image: registry.example.com/web:1\n    oom_kill_disable: »true\n',
    ),
    good: inService('image: registry.example.com/web:1\nmem_limit: 512m'),
  },
  check: inContainers(ENGINES, function* (container, { host }) {
    const disabled = oomKillDisable(container)
    if (host.cgroup === 2 || disabled === null || container.limit !== null) return
    if (!container.isWhole) return
    yield { place: disabled.place, message: `${container.name} may take the machine down with it` }
  }),
}
