import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { oomKillDisable } from './oom-kill-disable.ts'

const service = (more: string): string => `
image: registry.example.com/web:1
mem_limit: 512m${more}`

export const oomKillDisableOnV2: Rule = {
  id: 'C11',
  severity: 'warning',
  title: 'oom_kill_disable does nothing on cgroup v2',
  why: 'The second version of the memory controller has no such switch. The engine discards it, and the container is killed at its limit like any other.',
  reference: 'moby, pkg/sysinfo/cgroup2_linux.go, OomKillDisable: false',
  examples: {
    bad: { ...inService(service('\noom_kill_disable: »true')), host: { cgroup: 2 } },
    good: { ...inService(service('')), host: { cgroup: 2 } },
  },
  check: inContainers(ENGINES, function* (container, { host }) {
    const disabled = oomKillDisable(container)
    if (host.cgroup !== 2 || disabled === null) return
    yield {
      place: disabled.place,
      message: 'it is discarded, and the container is killed at its limit',
    }
  }),
}
