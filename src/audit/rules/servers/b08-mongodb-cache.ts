import { formatBytes, GIB } from '../../../model/bytes.ts'
import { fileAt } from '../../documents/mounts.ts'
import { programWords } from '../../documents/words.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { isOfficial } from '../../runtimes/options.ts'
import { scalarIn } from '../../settings/documents.ts'
import type { Container, Word } from '../../workload.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'

const MOST = 0.6
const SETTING = ['storage', 'wiredTiger', 'engineConfig', 'cacheSizeGB']
const OPTION = '--wiredTigerCacheSizeGB'

const service = (size: string): string => `
image: mongo:8
command: [mongod, ${OPTION}, ${size}]
mem_limit: 2g`

export const mongodbCache: Rule = {
  id: 'B08',
  severity: 'warning',
  title: 'The cache of MongoDB takes too much of the limit',
  why: 'Connections, sorts and aggregations come on top of the cache, and the files are cached by the kernel once more. By itself MongoDB takes half of what is above 1 GiB.',
  reference:
    'https://www.mongodb.com/docs/manual/reference/configuration-options/#storage.wiredTiger',
  examples: { bad: inService(service('»"1.8"')), good: inService(service('"0.75"')) },
  check: inContainers(LIMITED, function* (container) {
    const { effectiveLimit: limit } = container
    const word = cacheOf(container)
    if (word === null || typeof limit?.bytes !== 'number') return
    const bytes = Number(word.text.split('=').at(-1)) * GIB
    if (!(bytes > MOST * limit.bytes)) return
    yield {
      place: word.place,
      message: `a cache of ${formatBytes(bytes)} is ${percent(bytes, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}

/** The option of the command line, or the setting of the configuration that it names. */
function cacheOf(container: Container): Word | null {
  const { words, image } = container
  const started = programWords(words, /^mongod$/)
  const own = started.length > 0 ? started : isOfficial(image, ['mongo']) ? words : []
  const option = optionOf(own, [OPTION])
  if (option !== null) return option
  const path = optionOf(own, ['--config', '-f'])?.text.split('=').at(-1)
  const configuration = path === undefined ? null : fileAt(container, path)
  return configuration === null ? null : scalarIn(configuration, SETTING)
}

/** The word behind an option, or the option itself where it holds its value. */
function optionOf(words: readonly Word[], names: readonly string[]): Word | null {
  const at = words.findIndex(({ text }) => names.includes(text.split('=', 1)[0] ?? ''))
  const word = words[at]
  if (word === undefined) return null
  return (word.text.includes('=') ? word : words[at + 1]) ?? null
}
