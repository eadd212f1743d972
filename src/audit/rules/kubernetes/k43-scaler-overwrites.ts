import { formatBytes } from '../../../model/bytes.ts'
import { givenMemory } from '../../../parsers/kubernetes/vertical-autoscaler.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'
import { sized } from '../words.ts'
import { deployment, vertical } from './scaled-examples.ts'
import { targetOf, verticalOf } from './scaling.ts'

const recommended = (mark: string, values: string): string =>
  `${deployment()
    .replace('memory: 512Mi', 'memory: 256Mi')
    .replace(/512Mi$/, `${mark}512Mi`)}
---${vertical(`
      - containerName: '*'
        controlledValues: ${values}
status:
  recommendation:
    containerRecommendations:
      - containerName: web
        target:
          memory: 384Mi`)}`

/** A limit that differs by less is as good as the same. */
const SAME = 0.05

export const scalerOverwrites: Rule = {
  id: 'K43',
  severity: 'info',
  title: 'An autoscaler gives new pods another limit than this one',
  why: 'A VerticalPodAutoscaler leaves the template as it is, and writes its own figures into each new pod: its recommendation as the request, and a limit in the proportion that the template has. A limit that is changed here changes that proportion alone: say minAllowed or maxAllowed in the autoscaler instead, or take memory out of its controlledResources.',
  reference: 'kubernetes/autoscaler, vertical-pod-autoscaler/README.md',
  examples: {
    bad: kubernetes(recommended('»', 'RequestsAndLimits')),
    good: kubernetes(recommended('', 'RequestsOnly')),
  },
  *check({ objects, workloads }) {
    for (const object of objects) {
      const scaler = verticalOf(object)
      if (scaler === null) continue
      for (const container of targetOf(object, workloads)?.containers ?? []) {
        const { name, effectiveLimit: limit, request } = container
        if (typeof limit?.bytes !== 'number' || limit.bytes === 0) continue
        // A request that stands there and is not known leaves the proportion unknown.
        if (request !== null && request.bytes === null) continue
        const template = { limitBytes: limit.bytes, requestBytes: request?.bytes ?? null }
        const given = givenMemory(scaler, name, template)
        const bytes = given?.limitBytes ?? null
        if (bytes === null || Math.abs(bytes - limit.bytes) <= SAME * limit.bytes) continue
        yield {
          place: limit.place,
          message: `VerticalPodAutoscaler ${object.name} gives ${name} in new pods a limit of ${formatBytes(bytes)} in the place of ${sized(limit)}`,
        }
      }
    }
  },
}
