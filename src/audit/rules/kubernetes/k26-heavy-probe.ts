import { inContainers, type Rule } from '../../rule.ts'
import { heavyProbes } from '../../runtimes/heavy-probe.ts'
import { inPod, resources } from '../examples.ts'

const program = (probe: string): string => `
image: registry.example.com/web:1
command: [node, --max-old-space-size=120, server.js]
${resources('180Mi')}
livenessProbe:
  ${probe}`

export const heavyProbe: Rule = {
  id: 'K26',
  severity: 'warning',
  title: 'A probe starts a runtime where there is no room for one',
  why: 'A command of a probe runs in the container and is charged to it. A second runtime beside a full heap reaches the limit, and the kernel may choose the program itself. Ask by HTTP or TCP.',
  reference: 'measured: an idle Node.js takes 39 to 42 MiB',
  examples: {
    bad: inPod(program('exec:\n    command: [»node, healthcheck.js]')),
    good: inPod(program('httpGet:\n    path: /health\n    port: 8080')),
  },
  check: inContainers(['kubernetes'], heavyProbes),
}
