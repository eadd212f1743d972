import { inContainers, type Rule } from '../../rule.ts'
import { inPod, resources } from '../examples.ts'
import { wholeLimits } from './limit-in-environment.ts'

export const limitAsSetting: Rule = {
  id: 'K18',
  severity: 'high',
  title: "The runtime is given the container's whole limit",
  why: "The variable holds 100 % of the limit. A runtime's setting covers its own heap alone; stacks, buffers, its own code and the page tables come on top, so the kernel kills before the runtime even tries. Give it about 90 % of the limit, as a number.",
  reference: 'https://go.dev/doc/gc-guide#Suggested_uses (5 to 10 % of headroom)',
  examples: {
    bad: inPod(`
image: registry.example.com/web:1
${resources('512Mi')}
env:
  - name: GOMEMLIMIT
    valueFrom:
      resourceFieldRef:
        resource: »limits.memory`),
    good: inPod(`
image: registry.example.com/web:1
${resources('512Mi')}
env:
  - name: GOMEMLIMIT
    value: 460MiB`),
  },
  check: inContainers(['kubernetes'], function* (container) {
    if (container.effectiveLimit === null) return
    for (const [name, { place }] of wholeLimits(container)) {
      yield { place, message: `${name} becomes the whole limit ${container.effectiveLimit.text}` }
    }
  }),
}
