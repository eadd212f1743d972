import { field, listField, textField } from '../json-fields.ts'
import { parseMemory } from './quantity.ts'

/** What of a VerticalPodAutoscaler decides about the memory of the containers of its target. */
export interface VerticalAutoscaler {
  /** `Off`: it only recommends. Null: it acts, as where nothing is said. */
  updateMode: string | null
  policies: readonly VerticalPolicy[]
  recommendations: readonly { container: string | null; memoryBytes: number | null }[]
}

export interface VerticalPolicy {
  /** `*` is any that has none of its own. */
  container: string | null
  mode: string | null
  controlledValues: string | null
  /** Null: all of them. */
  controlledResources: readonly string[] | null
}

const MAX_CONTAINERS = 500

/** As the API server holds it. */
export function readVertical(object: unknown): VerticalAutoscaler {
  return {
    updateMode: textField(object, 'spec', 'updatePolicy', 'updateMode'),
    policies: listField(object, MAX_CONTAINERS, 'spec', 'resourcePolicy', 'containerPolicies').map(
      (policy) => {
        const controlled = field(policy, 'controlledResources')
        return {
          container: textField(policy, 'containerName'),
          mode: textField(policy, 'mode'),
          controlledValues: textField(policy, 'controlledValues'),
          controlledResources: Array.isArray(controlled)
            ? controlled.filter((one) => typeof one === 'string')
            : null,
        }
      },
    ),
    recommendations: listField(
      object,
      MAX_CONTAINERS,
      'status',
      'recommendation',
      'containerRecommendations',
    ).map((one) => ({
      container: textField(one, 'containerName'),
      memoryBytes: parseMemory(field(one, 'target', 'memory')),
    })),
  }
}

/** What it gives a container of a new pod in the place of what the template says; null: the limit of the template stays. */
export interface GivenMemory {
  /** Null: it has recommended none yet. */
  requestBytes: number | null
  limitBytes: number | null
}

/**
 * It leaves the template as it is, and gives its own figures to each new pod: the request that it recommends, and a limit in the
 * proportion that the template has.
 *
 * @param template what stands there; without a request, the limit is the request
 * @see https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/README.md
 */
export function givenMemory(
  { updateMode, policies, recommendations }: VerticalAutoscaler,
  container: string,
  { limitBytes, requestBytes }: { limitBytes: number | null; requestBytes: number | null },
): GivenMemory | null {
  const policy =
    policies.find((one) => one.container === container) ??
    policies.find((one) => one.container === '*')
  if (updateMode === 'Off' || policy?.mode === 'Off') return null
  if (policy?.controlledValues === 'RequestsOnly') return null
  if (policy?.controlledResources?.includes('memory') === false) return null
  const target = recommendations.find((one) => one.container === container)?.memoryBytes ?? null
  const request = requestBytes ?? limitBytes
  if (target === null || limitBytes === null || request === null || request === 0) {
    return { requestBytes: null, limitBytes: null }
  }
  return { requestBytes: target, limitBytes: Math.round((limitBytes / request) * target) }
}
