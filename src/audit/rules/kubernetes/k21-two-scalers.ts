import { at, itemsAt, textAt } from '../../documents/value.ts'
import type { KubernetesObject } from '../../documents/object.ts'
import { comeTogether } from '../../documents/nearest.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'
import { horizontal, vertical } from './scaled-examples.ts'
import { memoryMetricOf } from './scaling.ts'

const both = (mark: string, resources: string): string =>
  `${horizontal(`${mark}memory`)}
---${vertical(`
      - containerName: '*'
        controlledResources: [${resources}]`)}`

export const twoScalers: Rule = {
  id: 'K21',
  severity: 'error',
  title: 'Two autoscalers act on the same memory',
  why: 'The vertical one changes the request that the horizontal one measures against: each undoes what the other does. Let one of them have the memory.',
  reference: 'kubernetes/autoscaler, vertical-pod-autoscaler/docs/known-limitations.md',
  examples: { bad: kubernetes(both('»', 'cpu, memory')), good: kubernetes(both('', 'cpu')) },
  *check({ objects }) {
    const verticals = objects.filter(changesMemory)
    for (const horizontal of objects) {
      const metric = memoryMetricOf(horizontal)
      const rival = verticals.find((vertical) => hasSameTarget(horizontal, vertical))
      if (metric === null || rival === undefined) continue
      yield {
        place: metric.place,
        message: `the VerticalPodAutoscaler ${rival.name} changes the memory of the same target`,
      }
    }
  },
}

function changesMemory({ kind, root }: KubernetesObject): boolean {
  if (kind !== 'VerticalPodAutoscaler') return false
  if (textAt(root, 'spec', 'updatePolicy', 'updateMode') === 'Off') return false
  const policies = itemsAt(root, 'spec', 'resourcePolicy', 'containerPolicies')
  const spared = policies.filter((policy) => {
    const controlled = at(policy, 'controlledResources')
    const isOff = textAt(policy, 'mode') === 'Off'
    return (
      isOff ||
      (controlled !== null &&
        !itemsAt(controlled).some((item) => item.kind === 'scalar' && item.text === 'memory'))
    )
  })
  return policies.length === 0 || spared.length < policies.length
}

function hasSameTarget(horizontal: KubernetesObject, vertical: KubernetesObject): boolean {
  const one = at(horizontal.root, 'spec', 'scaleTargetRef')
  const other = at(vertical.root, 'spec', 'targetRef')
  return (
    textAt(one, 'name') !== null &&
    textAt(one, 'name') === textAt(other, 'name') &&
    textAt(one, 'kind') === textAt(other, 'kind') &&
    horizontal.namespace === vertical.namespace &&
    comeTogether(horizontal.namespace, horizontal.place, vertical.place)
  )
}
