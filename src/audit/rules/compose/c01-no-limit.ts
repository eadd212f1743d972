import { boundOf } from '../../machine.ts'
import { type AuditContext, ENGINES, inContainers, type Rule } from '../../rule.ts'
import type { Container } from '../../workload.ts'
import { inService, raw } from '../examples.ts'
import { isLimitedElsewhere } from './limited-elsewhere.ts'

export const serviceNoLimit: Rule = {
  id: 'C01',
  severity: 'high',
  title: 'No memory limit',
  why: 'Without a limit the container may take all memory of its machine. When that runs out, the kernel kills by score, and it may hit any other program there.',
  reference: 'https://docs.docker.com/engine/containers/resource_constraints/',
  examples: {
    bad: raw('compose.yaml', 'services:\n  »web:\n    image: registry.example.com/web:1\n'),
    good: inService('image: registry.example.com/web:1\nmem_limit: 512m'),
  },
  check: inContainers(ENGINES, function* (container, context) {
    const { isWhole, effectiveLimit, reservation, place, name } = container
    if (!isWhole || effectiveLimit !== null || reservation !== null) return
    if (isLimitedElsewhere(container, context) || isLimitedFromAbove(container, context)) return
    yield { place, message: `${name} may take all memory of its machine` }
  }),
}

/** It was seen alive in a slice, a pod or another container that has a limit. */
function isLimitedFromAbove({ name, workload }: Container, { machines }: AuditContext): boolean {
  if (workload.platform !== 'docker') return false
  return machines.some(({ containers }) =>
    containers.some((live) => live.name.endsWith(`:${name}`) && boundOf(live) !== null),
  )
}
