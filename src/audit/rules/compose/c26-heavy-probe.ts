import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { heavyProbes } from '../../runtimes/heavy-probe.ts'
import { inService } from '../examples.ts'

const service = (test: string): string => `
image: registry.example.com/web:1
command: [node, --max-old-space-size=120, server.js]
mem_limit: 180m
healthcheck:
  test: ${test}`

export const heavyHealthCheck: Rule = {
  id: 'C26',
  severity: 'warning',
  title: 'A health check starts a runtime where there is no room for one',
  why: 'The check runs in the container and is charged to it. A second runtime beside a full heap reaches the limit, and the kernel may choose the program itself.',
  reference: 'measured: an idle Node.js takes 39 to 42 MiB',
  examples: {
    bad: inService(service('[CMD, »node, healthcheck.js]')),
    good: inService(service('[CMD, wget, -qO-, "http://localhost:8080/health"]')),
  },
  check: inContainers(ENGINES, heavyProbes),
}
