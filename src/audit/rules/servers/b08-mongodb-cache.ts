import { formatBytes, GIB } from '../../../model/bytes.ts'
import { programWords } from '../../documents/words.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { isOfficial } from '../../runtimes/options.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'

const MOST = 0.6
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
  check: inContainers(LIMITED, function* ({ words, image, effectiveLimit: limit }) {
    const started = programWords(words, /^mongod$/)
    const own = started.length > 0 ? started : isOfficial(image, ['mongo']) ? words : []
    const at = own.findIndex(({ text }) => text.split('=', 1)[0] === OPTION)
    const word = own[at]?.text.includes('=') === true ? own[at] : own[at + 1]
    const bytes = Number(word?.text.split('=').at(-1) ?? 'none') * GIB
    if (at === -1 || word === undefined || typeof limit?.bytes !== 'number') return
    if (!(bytes > MOST * limit.bytes)) return
    yield {
      place: word.place,
      message: `a cache of ${formatBytes(bytes)} is ${percent(bytes, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}
