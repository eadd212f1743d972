import { field, isRecord, listField, textField } from '../json-fields.ts'
import { parseQuantity } from './quantity.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

/** Memory that one container is to have instead of its own, as quantities; null: none is set. */
export interface Exchanged {
  container: string
  limit: string | null
  request: string | null
}

const MAX_CONTAINERS = 500
const RESOURCES = ['cpu', 'memory'] as const

type Resource = (typeof RESOURCES)[number]
/** In cores or bytes; null: not set, or set to nothing. */
type Amounts = Readonly<Record<Resource, number | null>>

interface Asked {
  requests: Amounts
  limits: Amounts
}

/**
 * The QoS class that the API server gives a pod: ComputePodQOS() of pkg/apis/core/v1/helper/qos/qos.go. Guaranteed takes limits of
 * CPU and of memory in every container, init containers among them, and requests that equal them; what the pod as a whole asks
 * for counts instead of its containers. A request that is missing is taken from the limit, as the server does.
 */
export function qosClassOfSpec(podSpec: unknown, exchanged: Exchanged | null = null): QosClass {
  const containers = [
    ...listField(podSpec, MAX_CONTAINERS, 'containers'),
    ...listField(podSpec, MAX_CONTAINERS, 'initContainers'),
  ].map((container) => askedBy(container, exchanged))
  const whole = field(podSpec, 'resources')
  const all = isRecord(whole) ? [askedByPod(whole, containers)] : containers
  const asked = all.flatMap(({ requests, limits }) => [requests, limits])
  if (asked.every((amounts) => RESOURCES.every((name) => amounts[name] === null)))
    return 'BestEffort'
  const isGuaranteed = all.every(({ requests, limits }) =>
    RESOURCES.every((name) => limits[name] !== null && requests[name] === limits[name]),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}

function askedBy(container: unknown, exchanged: Exchanged | null): Asked {
  const isExchanged = exchanged !== null && textField(container, 'name') === exchanged.container
  const own = amountsOf(field(container, 'resources', 'limits'))
  const limits = isExchanged ? { ...own, memory: amountOf(exchanged.limit) } : own
  const requests = amountsOf(field(container, 'resources', 'requests'))
  const asked = isExchanged ? { ...requests, memory: amountOf(exchanged.request) } : requests
  return { limits, requests: either(asked, limits) }
}

/** What its containers request together comes before its limit (pkg/apis/core/v1/defaults.go). */
function askedByPod(resources: unknown, containers: readonly Asked[]): Asked {
  const limits = amountsOf(field(resources, 'limits'))
  const together = mapped((name) => {
    const known = containers.flatMap(({ requests }) => requests[name] ?? [])
    return known.length === 0 ? null : known.reduce((sum, amount) => sum + amount, 0)
  })
  const requests = either(amountsOf(field(resources, 'requests')), together)
  return { limits, requests: either(requests, limits) }
}

function amountsOf(list: unknown): Amounts {
  return mapped((name) => amountOf(field(list, name)))
}

/** Nothing of it is as good as none of it. */
function amountOf(quantity: unknown): number | null {
  return parseQuantity(quantity) || null
}

function either(first: Amounts, second: Amounts): Amounts {
  return mapped((name) => first[name] ?? second[name])
}

function mapped(amountOfIt: (name: Resource) => number | null): Amounts {
  return { cpu: amountOfIt('cpu'), memory: amountOfIt('memory') }
}
