import { onMachines, type Rule } from '../../rule.ts'
import { onMachine } from './examples.ts'

const engine = (limits: string): string => `
"engines": [
  { "name": "docker", "version": "27.3.1", "memoryLimit": ${limits} }
]`

export const limitsWithoutEffect: Rule = {
  id: 'O08',
  severity: 'critical',
  title: 'Memory limits do nothing on this machine',
  why: 'The engine finds no memory controller, discards every limit with a warning at most, and starts the container without one. Either the kernel was booted without it (Debian and Raspberry Pi OS: cgroup_enable=memory), or a rootless engine was not given it (Delegate=memory of its systemd unit).',
  reference:
    "moby, pkg/sysinfo; daemon/daemon_unix.go, verifyPlatformContainerResources: 'Limitation discarded'",
  examples: {
    bad: onMachine(engine('»false')),
    good: onMachine(engine('true')),
  },
  check: onMachines(function* ({ engines }) {
    for (const { name, limitsMemory } of engines) {
      if (limitsMemory?.value !== false) continue
      yield {
        place: limitsMemory.place,
        message: `${name} starts every container without its limit`,
      }
    }
  }),
}
