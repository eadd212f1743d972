/** Who sets the memory of the same pods by figures of its own, or counts by it. */
import { formatBytes } from '../../../model/bytes.ts'
import { field, listField, numberField, textField } from '../../../parsers/json-fields.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { givenMemory, readVertical } from '../../../parsers/kubernetes/vertical-autoscaler.ts'
import { ApiProblem } from '../../../sources/kubernetes/problem.ts'
import { KINDS, type Cluster } from './cluster.ts'
import { containersOf, memoryOf, type Memory } from './containers.ts'
import type { Place } from './place.ts'

const MAX_SCALERS = 500

const VERTICAL = { group: 'autoscaling.k8s.io/v1', resource: 'verticalpodautoscalers' }
const HORIZONTAL = { group: 'autoscaling/v2', resource: 'horizontalpodautoscalers' }

/** What autoscalers of a workload make of another limit, and what to change there instead: sentences. */
export async function autoscalerWarnings(place: Place, cluster: Cluster): Promise<string[]> {
  const [verticals, horizontals] = [
    await scalersOf(place, VERTICAL, 'targetRef', cluster),
    await scalersOf(place, HORIZONTAL, 'scaleTargetRef', cluster),
  ]
  return [
    ...verticals.found.flatMap((scaler) => ownFigures(scaler, place) ?? []),
    ...horizontals.found.flatMap((scaler) => otherTarget(scaler, place) ?? []),
    ...[verticals, horizontals].flatMap(({ unknown }) => unknown ?? []),
  ]
}

interface Scalers {
  found: unknown[]
  /** Why they are not known; null: they are. */
  unknown: string | null
}

async function scalersOf(
  { name }: Place,
  { group, resource }: typeof VERTICAL,
  reference: string,
  { api, signal }: Cluster,
): Promise<Scalers> {
  try {
    const path = `/apis/${group}/namespaces/${name.namespace}/${resource}`
    const list = await api.get({ path, query: { limit: MAX_SCALERS }, signal })
    const found = listField(list, MAX_SCALERS, 'items').filter(
      (scaler) =>
        textField(scaler, 'spec', reference, 'kind') === KINDS[name.kind].kind &&
        textField(scaler, 'spec', reference, 'name') === name.name,
    )
    return { found, unknown: null }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ApiProblem)) throw error
    // The vertical one is no part of Kubernetes.
    if (error.kind === 'missing') return { found: [], unknown: null }
    const why =
      error.missingRight === null ? error.message : `the right to ${error.missingRight} is missing`
    return { found: [], unknown: `Whether an autoscaler acts on it was not looked at: ${why}` }
  }
}

/** A vertical one gives figures of its own to each pod, whatever the template says. */
function ownFigures(scaler: unknown, { name, container, after }: Place): string | null {
  const given = givenMemory(readVertical(scaler), container.name, {
    limitBytes: parseMemory(after.limit),
    requestBytes: parseMemory(after.request),
  })
  if (given === null) return null
  const vertical = textField(scaler, 'metadata', 'name') ?? ''
  const { requestBytes, limitBytes } = given
  const least = after.request ?? after.limit
  const gives =
    requestBytes === null || limitBytes === null
      ? 'sets the memory of new pods by itself once it has a recommendation'
      : `gives new pods ${formatBytes(requestBytes)} and a limit of ${formatBytes(limitBytes)} instead`
  return `VerticalPodAutoscaler ${vertical} ${gives}: set minAllowed.memory of ${container.name} there to ${least} (kubectl -n ${name.namespace} edit vpa ${vertical}), or take memory out of its controlledResources`
}

/** A share of what pods request: with another request it is another amount, and other numbers of pods follow from it. */
function otherTarget(
  scaler: unknown,
  { object, template, container, before, after }: Place,
): string | null {
  const metric = listField(scaler, 100, 'spec', 'metrics')
    .flatMap((one) => [field(one, 'resource'), field(one, 'containerResource')])
    .find(
      (one) =>
        textField(one, 'name') === 'memory' &&
        (textField(one, 'container') ?? container.name) === container.name,
    )
  const share = numberField(metric, 'target', 'averageUtilization')
  const [earlier, own] = [requestOf(before), requestOf(after)]
  if (share === null || earlier === null || own === null || earlier === own) return null
  const others =
    textField(metric, 'container') === null
      ? containersOf(field(object, ...template, 'spec'))
          .filter(({ list, isSidecar }) => list === 'containers' || isSidecar)
          .filter((one) => one.name !== container.name)
          .reduce((sum, one) => sum + (requestOf(memoryOf(one.spec)) ?? 0), 0)
      : 0
  const [was, is] = [earlier + others, own + others]
  const amount = (of: number): string => formatBytes(Math.round((of * share) / 100))
  const horizontal = textField(scaler, 'metadata', 'name') ?? ''
  return `HorizontalPodAutoscaler ${horizontal} scales by ${share} % of the memory that is requested: ${amount(is)} a pod then instead of ${amount(was)}, so it keeps ${is > was ? 'fewer' : 'more'} pods; an averageUtilization of ${Math.max(1, Math.round((share * was) / is))} keeps the amount`
}

/** Without a request, the limit is the request. */
function requestOf({ limit, request }: Memory): number | null {
  return parseMemory(request ?? limit)
}
