import { lifeOf } from '../../cluster.ts'
import { kubernetesSize } from '../../documents/pod.ts'
import { at, itemsAt, textAt } from '../../documents/value.ts'
import type { KubernetesObject } from '../../documents/object.ts'
import { formatBytes } from '../../../model/bytes.ts'
import type { AuditContext, Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'
import { vertical } from './scaled-examples.ts'
import { sized } from '../words.ts'

const capped = (most: string): string =>
  vertical(`
      - containerName: web
        maxAllowed:
          memory: ${most}
status:
  recommendation:
    containerRecommendations:
      - containerName: web
        target:
          memory: 512Mi
        uncappedTarget:
          memory: 768Mi`)

export const scalerCap: Rule = {
  id: 'K22',
  severity: 'high',
  title: 'The autoscaler may not give what the program was seen to need',
  why: 'maxAllowed cuts the recommendation. What the program needs is above it, so every new pod is killed again, while the autoscaler asks for ever more that it may not give. Raise maxAllowed, or find out why it grows.',
  reference: 'kubernetes/autoscaler #9521',
  examples: { bad: kubernetes(capped('»512Mi')), good: kubernetes(capped('1Gi')) },
  *check(context) {
    for (const scaler of context.objects) {
      if (scaler.kind !== 'VerticalPodAutoscaler') continue
      for (const policy of itemsAt(scaler.root, 'spec', 'resourcePolicy', 'containerPolicies')) {
        const most = kubernetesSize(at(policy, 'maxAllowed', 'memory'))
        const seen = seenOf(scaler, textAt(policy, 'containerName') ?? '*', context)
        if (typeof most?.bytes !== 'number' || seen === null || seen.bytes <= most.bytes) continue
        yield {
          place: most.place,
          message: `${sized(most)} is the most for ${seen.container}, and ${seen.how} ${formatBytes(seen.bytes)}`,
        }
      }
    }
  },
}

interface Seen {
  container: string
  bytes: number
  how: string
}

/** The most that is known to be needed: what the autoscaler would give, and what was used when the cluster was looked at. */
function seenOf(scaler: KubernetesObject, name: string, context: AuditContext): Seen | null {
  const target = at(scaler.root, 'spec', 'targetRef')
  const life = lifeOf(context.clusters, {
    kind: textAt(target, 'kind') ?? '',
    namespace: scaler.namespace,
    name: textAt(target, 'name') ?? '',
  })
  const used = (life?.containers ?? []).map((container) => ({
    container: container.name,
    bytes: container.usageBytes ?? 0,
    how: 'one uses',
  }))
  const wanted = itemsAt(scaler.root, 'status', 'recommendation', 'containerRecommendations').map(
    (item) => ({
      container: textAt(item, 'containerName') ?? '',
      bytes: kubernetesSize(at(item, 'uncappedTarget', 'memory'))?.bytes ?? 0,
      how: 'the autoscaler would give',
    }),
  )
  const meant = [...wanted, ...used].filter(({ container }) => name === '*' || container === name)
  return meant.toSorted((a, b) => b.bytes - a.bytes)[0] ?? null
}
