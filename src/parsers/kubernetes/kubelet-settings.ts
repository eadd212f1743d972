import type { Observation } from '../../model/evidence.ts'
import type { EvictionThreshold, KubeletSettings } from '../../model/kubelet.ts'
import type { Origin, TextFormat } from '../format.ts'
import {
  booleanField,
  field,
  numberField,
  parseRecord,
  textField,
  writeJson,
} from '../json-fields.ts'
import { observe } from './observation.ts'
import { parseMemory } from './quantity.ts'

const SIGNAL = 'memory.available'
/**
 * Of the feature MemoryQoS where nothing else is set, up to 1.36.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/kubelet/apis/config/v1beta1/defaults.go
 */
const THROTTLING = 0.9

/** What a kubelet answers at `/configz`: the configuration that it runs with, its defaults filled in. */
export const kubeletConfigz: TextFormat = {
  id: 'kubelet-configz',

  recognise: (head) => /^\s*\{\s*"kubeletconfig"\s*:\s*\{/.test(head),

  parse(text, origin) {
    const settings = readKubeletSettings(parseRecord(text), null, origin)
    return settings === null ? [] : [settings]
  },
}

/** What an answer of `/configz` says of memory; null where it is none. */
export function readKubeletSettings(
  answer: unknown,
  node: string | null,
  origin: Origin,
): Observation<KubeletSettings> | null {
  const config = field(answer, 'kubeletconfig')
  if (config === null || config === undefined) return null
  const hasQos = booleanField(config, 'featureGates', 'MemoryQoS') === true
  const fact: KubeletSettings = {
    kind: 'kubelet-settings',
    node,
    swapBehavior: textField(config, 'memorySwap', 'swapBehavior') ?? 'NoSwap',
    singleProcessOomKill: booleanField(config, 'singleProcessOOMKill'),
    throttlingFactor: hasQos ? (numberField(config, 'memoryThrottlingFactor') ?? THROTTLING) : null,
    evictions: [thresholdOf(config, 'hard'), thresholdOf(config, 'soft')].flatMap(
      (threshold) => threshold ?? [],
    ),
  }
  return observe(origin, {
    fact,
    at: origin.readAt,
    says: describe(fact),
    excerpt: writeJson({
      memorySwap: field(config, 'memorySwap'),
      singleProcessOOMKill: field(config, 'singleProcessOOMKill'),
      memoryThrottlingFactor: field(config, 'memoryThrottlingFactor'),
      featureGates: field(config, 'featureGates'),
      evictionHard: field(config, 'evictionHard'),
      evictionSoft: field(config, 'evictionSoft'),
    }),
    line: null,
  })
}

function thresholdOf(config: unknown, kind: 'hard' | 'soft'): EvictionThreshold | null {
  const key = kind === 'hard' ? 'evictionHard' : 'evictionSoft'
  const set = textField(config, key, SIGNAL)
  if (set === null) return null
  const [, percent] = /^(\d{1,15}(?:\.\d{1,15})?)%$/.exec(set) ?? []
  return {
    kind,
    set,
    bytes: percent === undefined ? parseMemory(set) : null,
    percent: percent === undefined ? null : Number(percent),
    grace: kind === 'soft' ? textField(config, 'evictionSoftGracePeriod', SIGNAL) : null,
  }
}

function describe({
  node,
  swapBehavior,
  singleProcessOomKill,
  throttlingFactor,
  evictions,
}: KubeletSettings): string {
  const [first] = evictions
  return [
    `The kubelet${node === null ? '' : ` of ${node}`} has swap behavior ${swapBehavior}`,
    `singleProcessOOMKill ${singleProcessOomKill ?? 'not set'}`,
    ...(throttlingFactor === null ? [] : [`MemoryQoS with a factor of ${throttlingFactor}`]),
    ...(first === undefined ? [] : [`evicts when ${SIGNAL} < ${first.set}`]),
  ].join(', ')
}
