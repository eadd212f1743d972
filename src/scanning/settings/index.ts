/** The settings of the scanner: each with its kind, and what it is when nobody set it. */
import { usageError } from '../../model/errors.ts'
import { didYouMean } from '../../parsers/nearest-word.ts'
import { age, count, duration, flag, LEAST_WORKER_BYTES, poolName, size } from './kinds.ts'
import { optionalSetting, setting } from './setting.ts'
import type { AnySetting } from './setting.ts'

const workerSize = size({
  least: LEAST_WORKER_BYTES,
  because: 'a worker scans a tiny image in as much',
})

export const workerMemoryLimit = setting(workerSize, {
  key: 'worker.memory_limit',
  usual: '4Gi',
  brief: 'Memory of a worker, in pools that have no limit of their own; from its next start on',
  needsRestart: true,
})

export const streamingThreshold = setting(size({ least: 0 }), {
  key: 'sbom.streaming_threshold',
  usual: '1Gi',
  brief:
    'Images from this size on are read as streams, in bounded memory; layers of smaller ones are taken into memory first',
})

export const incrementalMode = setting(flag, {
  key: 'sbom.incremental_mode',
  usual: 'true',
  brief: 'Where layers are taken into memory, one after the other, and not all together',
})

export const fallbackMode = setting(flag, {
  key: 'sbom.fallback_mode',
  usual: 'false',
  brief:
    'Where an image is damaged, scan it once more without the layers that cannot be read; it is not to be released all the same',
})

export const layerDedup = setting(flag, {
  key: 'cache.layer_dedup',
  usual: 'true',
  brief: 'Keep what is known of a layer for the next image on the same base',
})

export const largeImageThreshold = setting(size({ least: 1 }), {
  key: 'routing.large_image_threshold',
  usual: '2Gi',
  brief: 'Images from this size on go to the pool for large ones',
})

export const largeImagePool = optionalSetting(poolName, {
  key: 'routing.large_image_pool',
  brief: 'The pool for large images; unset: they go where the others go',
})

export const scanTimeout = setting(duration, {
  key: 'timeouts.scan',
  usual: '30m',
  brief: 'A scan that takes longer is ended',
})

export const maxAttempts = setting(count({ least: 1, most: 10 }), {
  key: 'jobs.max_attempts',
  usual: '3',
  brief: 'How often a job is tried before it has failed',
})

export const jobRetention = setting(age, {
  key: 'retention.jobs',
  usual: '90d',
  brief: 'Jobs that ended earlier are dropped; the newest good one of an image stays',
})

export const jobCount = setting(count({ least: 100, most: 1_000_000 }), {
  key: 'retention.jobs_count',
  usual: '100000',
  brief: 'Of jobs that ended, no more than these are kept',
})

export const documentRetention = setting(size({ least: 0 }), {
  key: 'retention.documents',
  usual: '2Gi',
  brief: 'SBOMs together, as they are stored; the oldest are dropped, the newest of an image last',
})

export const logRetention = setting(age, {
  key: 'retention.logs',
  usual: '30d',
  brief: 'Lines of the log that are older are dropped',
})

/** In the order in which they are listed. */
export const SETTINGS: readonly AnySetting[] = [
  workerMemoryLimit,
  streamingThreshold,
  incrementalMode,
  fallbackMode,
  layerDedup,
  largeImageThreshold,
  largeImagePool,
  scanTimeout,
  maxAttempts,
  jobRetention,
  jobCount,
  documentRetention,
  logRetention,
]

/**
 * The setting that is meant.
 *
 * @throws StellaError (usage) where there is none such
 */
export function settingOf(key: string): AnySetting {
  const found = SETTINGS.find((each) => each.key === key)
  if (found !== undefined) return found
  const near = SETTINGS.filter((each) => isNear(each.key, key))
  const todo =
    near.length > 0
      ? didYouMean(near.map((each) => each.key))
      : `use one of ${SETTINGS.map((each) => each.key).join(', ')}`
  throw usageError(`there is no setting '${key.slice(0, 60)}'`, null, todo)
}

/** Those that begin with a word: `timeouts`, `routing`; or the one of that name. */
export function settingsNamed(text: string): readonly AnySetting[] {
  const below = SETTINGS.filter(({ key }) => key.startsWith(`${text}.`))
  return below.length > 0 ? below : [settingOf(text)]
}

/** `memory_limit`, `worker.memory-limit`, `timeout.scan`. */
function isNear(key: string, text: string): boolean {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z.]/g, '')
  const [one, other] = [plain(key), plain(text)]
  if (!/[a-z]/.test(other)) return false
  return one.includes(other) || other.includes(one) || lacks(other, one) || lacks(one, other)
}

const MOST_LACKING = 2

/** Whether it is the other text without a letter or two. */
function lacks(text: string, whole: string): boolean {
  let at = 0
  for (const letter of whole) if (letter === text[at]) at++
  return at === text.length && whole.length - text.length <= MOST_LACKING
}
