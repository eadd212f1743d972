import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { oomKillDisable } from './oom-kill-disable.ts'

const service = (more: string): string => `
image: registry.example.com/web:1
mem_limit: 512m${more}`

export const oomKillDisabled: Rule = {
  id: 'C12',
  severity: 'critical',
  title: 'At its limit the container hangs instead of being killed',
  why: 'On cgroup v1 its tasks sleep in the kernel until somebody frees memory or raises the limit: no restart, no log line, and health checks hang, too. On cgroup v2 the setting is discarded.',
  reference: 'kernel, Documentation/admin-guide/cgroup-v1/memory.rst, section 10',
  examples: {
    bad: inService(service('\noom_kill_disable: »true')),
    good: inService(service('')),
  },
  check: inContainers(ENGINES, function* (container, { host }) {
    const disabled = oomKillDisable(container)
    if (host.cgroup === 2 || disabled === null || container.limit === null) return
    yield {
      place: disabled.place,
      message: `at ${container.limit.text}, ${container.name} hangs on cgroup v1`,
    }
  }),
}
