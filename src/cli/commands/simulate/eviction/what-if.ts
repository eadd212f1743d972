import { usageError } from '../../../../model/errors.ts'
import type { EvictionThreshold } from '../../../../model/kubelet.ts'
import type { PodWish } from '../../../../simulate/eviction/what-if.ts'
import { parseSize } from '../../../size.ts'
import { parsePercent } from '../leak/percent.ts'

/** The API server keeps 32 bits of it. */
const MOST = 2 ** 31 - 1

/**
 * `POD=N`, the value of a PriorityClass.
 *
 * @throws StellaError (usage)
 */
export function parsePriority(text: string): PodWish {
  const [who, value] = parted(text, 'POD=N, as in shop/cart-0=1000')
  const priority = /^-?\d{1,10}$/.test(value) ? Number(value) : Number.NaN
  if (Math.abs(priority) <= MOST) return { who, priority: priority === 0 ? 0 : priority }
  throw usageError(
    `'${value}' is no priority`,
    null,
    `give the value of its PriorityClass, a whole number up to ${MOST}`,
  )
}

/**
 * `POD=SIZE`, what all of its containers request together.
 *
 * @throws StellaError (usage)
 */
export function parseRequest(text: string): PodWish {
  const [who, size] = parted(text, 'POD=SIZE, as in shop/cart-0=512Mi')
  return { who, requestBytes: parseSize(size) }
}

/**
 * The threshold of --eviction-hard: `100Mi`, `5%`, or as the kubelet takes it, `memory.available<100Mi`.
 *
 * @throws StellaError (usage)
 */
export function parseThreshold(text: string): EvictionThreshold {
  const set = text.replace(/^memory\.available</, '')
  const isShare = set.endsWith('%')
  return {
    kind: 'hard',
    set,
    bytes: isShare ? null : parseSize(set),
    percent: isShare ? parsePercent(set) : null,
    grace: null,
  }
}

function parted(text: string, form: string): [who: string, value: string] {
  const equals = text.lastIndexOf('=')
  if (equals < 1) throw usageError(`'${text}' names no pod`, null, `write it as ${form}`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
