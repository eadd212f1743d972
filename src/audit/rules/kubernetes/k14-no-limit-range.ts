import { comeTogether } from '../../documents/nearest.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'
import { isMain } from './own-size.ts'

const NAMESPACE = (mark: string, range: string): string => `
# stella-ignore-file K05: an example of another rule
apiVersion: v1
kind: Namespace
metadata:
  name: ${mark}shop
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 256Mi
${range}`

export const noLimitRange: Rule = {
  id: 'K14',
  severity: 'warning',
  title: 'A namespace without default limits holds containers without one',
  why: 'A LimitRange gives every container a limit that its author forgot. Without it, one container without a limit can take the memory of a whole node.',
  reference: 'https://kubernetes.io/docs/concepts/policy/limit-range/',
  examples: {
    bad: kubernetes(NAMESPACE('»', '')),
    good: kubernetes(
      NAMESPACE(
        '',
        `---
apiVersion: v1
kind: LimitRange
metadata:
  name: defaults
  namespace: shop
spec:
  limits:
    - type: Container
      default:
        memory: 512Mi`,
      ),
    ),
  },
  *check({ objects, workloads }) {
    for (const { kind, name, place } of objects) {
      if (kind !== 'Namespace') continue
      const unbounded = workloads
        .filter(({ platform, namespace }) => platform === 'kubernetes' && namespace === name)
        .filter((workload) => comeTogether(name, place, workload.place))
        .flatMap(({ containers }) => containers)
        .filter((container) => isMain(container) && container.effectiveLimit === null)
      // The same one may stand in several files: for each cluster another one.
      const names = [...new Set(unbounded.map((container) => container.name || 'a container'))]
      const [first] = names
      if (first === undefined) continue
      const which =
        names.length === 1 ? `${first} has` : `${first} and ${names.length - 1} more have`
      yield { place, message: `${which} no limit, and ${name} gives none` }
    }
  },
}
