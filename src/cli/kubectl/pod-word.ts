import { usageError } from '../../model/errors.ts'

/** RFC 1123 names, as the API server enforces them. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

const POD: ReadonlySet<string> = new Set(['pod', 'pods', 'po'])

/** What people name as KIND/NAME and what runs its containers in pods; the short names are kubectl's. */
const OTHERS: ReadonlySet<string> = new Set([
  'deployment',
  'deployments',
  'deploy',
  'statefulset',
  'statefulsets',
  'sts',
  'daemonset',
  'daemonsets',
  'ds',
  'replicaset',
  'replicasets',
  'rs',
  'job',
  'jobs',
  'cronjob',
  'cronjobs',
  'cj',
])

/** What a word names, before anybody knows the namespace; null: it is no pod of kubectl, and stays as it is. */
export interface PodWord {
  /** Null: that of the options, else of the context. */
  namespace: string | null
  /** POD or POD/CONTAINER. */
  pod: string
}

/**
 * `cart-0`, `pod/cart-0`, `shop/cart-0` and `shop/cart-0/app`, as people of kubectl write them.
 *
 * @throws StellaError 2 where it names what is no pod
 */
export function podWord(word: string): PodWord | null {
  if (word === 'host') return null
  const parts = word.split('/')
  if (parts.length > 3 || !parts.every((part) => NAME.test(part))) return null
  const [first = '', second, third] = parts
  if (second === undefined) return { namespace: null, pod: first }
  if (third !== undefined) return { namespace: first, pod: `${second}/${third}` }
  if (POD.has(first)) return { namespace: null, pod: second }
  if (!OTHERS.has(first.split('.')[0] ?? '')) return { namespace: first, pod: second }
  throw usageError(
    `${word} is no pod`,
    null,
    "name one of its pods, as 'kubectl get pods' lists them",
  )
}
