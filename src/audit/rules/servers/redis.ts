import { readRedisSize } from '../../../parsers/quantity/redis.ts'
import { programWords } from '../../documents/words.ts'
import { imageName, isOfficial } from '../../runtimes/options.ts'
import type { Container, Word } from '../../workload.ts'

/** A Redis or Valkey whose whole configuration stands in its command line. */
export interface Redis {
  /** 0 is "no bound"; null where it is not set. */
  maxMemory: { bytes: number; word: Word } | null
  /** It forks to write to the disk. */
  isSaved: boolean
  place: Word['place']
}

const SERVER = /^(?:redis-server|valkey-server)$/

/** The Redis of a container; null where there is none, or where a file configures it. */
export function redisOf(container: Container): Redis | null {
  const { image, words, namesProgram } = container
  const isImage = isOfficial(image, ['redis', 'valkey'])
  const started = programWords(words, SERVER)
  const own = started.length > 0 ? started.slice(1) : isImage && !namesProgram ? words : null
  if (own === null || image === null || !/^(?:redis|valkey)/.test(imageName(image).name))
    return null
  // A path or a variable in the command is a configuration that is not seen.
  if (started.length === 0 && own.some(({ text }) => !text.startsWith('-'))) return null
  const [first] = own
  if (first !== undefined && !first.text.startsWith('--')) return null
  if (own.some(({ text }) => /\$/.test(text))) return null
  return {
    maxMemory: maxMemoryOf(own),
    isSaved: isSaved(own),
    place: started[0]?.place ?? image.place,
  }
}

function valueOf(words: readonly Word[], option: string): Word | null {
  const at = words.findLastIndex(({ text }) => text === option)
  return at === -1 ? null : (words[at + 1] ?? null)
}

function maxMemoryOf(words: readonly Word[]): Redis['maxMemory'] {
  const word = valueOf(words, '--maxmemory')
  const bytes = word === null ? null : readRedisSize(word.text)
  return word === null || bytes === null ? null : { bytes, word }
}

/** Snapshots are on by default; `--save ""` switches them off. */
function isSaved(words: readonly Word[]): boolean {
  const save = valueOf(words, '--save')
  const isLogged = valueOf(words, '--appendonly')?.text === 'yes'
  return isLogged || save === null || save.text !== ''
}
