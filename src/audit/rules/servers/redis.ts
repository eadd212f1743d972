import { MIB } from '../../../model/bytes.ts'
import { readRedisSize } from '../../../parsers/quantity/redis.ts'
import { fileAt } from '../../documents/mounts.ts'
import { programWords } from '../../documents/words.ts'
import type { AuditContext } from '../../rule.ts'
import { oncePerContainer } from '../../runtimes/once.ts'
import { imageName, isOfficial } from '../../runtimes/options.ts'
import { type Directive, redisDirectives, redisOptions } from '../../settings/redis.ts'
import type { Container, Word } from '../../workload.ts'

/** A Redis or Valkey whose whole configuration is known: that of its command line, and of the file it names. */
export interface Redis {
  /** 0 is "no bound"; null where it is not set. */
  maxMemory: { bytes: number; word: Word } | null
  /** It forks to write to the disk. */
  isSaved: boolean
  /** The host it is a replica of. */
  replicaOf: string | null
  /** It refuses writes where it has fewer replicas. */
  leastReplicas: number
  /** What a replica that cannot follow may hold here, in bytes; `Infinity` where nothing bounds it. */
  replicaBuffer: number
  place: Word['place']
}

const SERVER = /^(?:redis-server|valkey-server)$/

/** The Redis of a container; null where there is none, or where something that is not known configures it. */
export const redisOf = oncePerContainer(readRedis)

function readRedis(container: Container): Redis | null {
  const { image, words, namesProgram } = container
  const isImage = isOfficial(image, ['redis', 'valkey'])
  const started = programWords(words, SERVER)
  const own = started.length > 0 ? started.slice(1) : isImage && !namesProgram ? words : null
  const place = started[0]?.place ?? image?.place
  if (own === null || place === undefined) return null
  // A program of this name in an image of another may be anything; a unit has no image.
  if (image !== null && !/^(?:redis|valkey)/.test(imageName(image).name)) return null
  if (image === null && container.workload.platform !== 'systemd') return null
  // The image starts the server itself where it gets options or a configuration (docker-library/redis, entrypoint).
  const [first] = own
  if (started.length === 0 && !/^-|\.conf$|^$/.test(first?.text ?? '')) return null
  if (own.some(({ text }) => /\$|^--sentinel$/.test(text))) return null
  const directives = directivesOf(container, own)
  if (directives === null) return null
  return {
    maxMemory: maxMemoryOf(directives),
    isSaved: isSaved(directives),
    replicaOf: valuesOf(directives, 'replicaof', 'slaveof')?.[0]?.text ?? null,
    leastReplicas: Number(valuesOf(directives, 'min-replicas-to-write')?.[0]?.text ?? 0),
    replicaBuffer: replicaBufferOf(directives),
    place,
  }
}

/** Whether a Redis has replicas: it asks for them itself, or another service of its project is one. */
export function hasReplicas(redis: Redis, container: Container, context: AuditContext): boolean {
  const { platform, name, place } = container.workload
  if (redis.leastReplicas > 0) return true
  if (platform !== 'compose') return false
  return context.workloads.some(
    (other) =>
      other.platform === platform &&
      other.place.file === place.file &&
      other.containers.some((each) => redisOf(each)?.replicaOf === name),
  )
}

/** What comes later wins, and the command line comes last (server.c, main). */
function directivesOf(container: Container, words: readonly Word[]): Directive[] | null {
  const [first, ...rest] = words
  if (first === undefined || first.text.startsWith('--')) return redisOptions(words)
  const file = fileAt(container, first.text)
  const directives = file === null ? null : redisDirectives(container, file)
  return directives === null ? null : [...directives, ...redisOptions(rest)]
}

function valuesOf(
  directives: readonly Directive[],
  ...names: readonly string[]
): readonly Word[] | null {
  return directives.findLast(({ name }) => names.includes(name))?.values ?? null
}

function maxMemoryOf(directives: readonly Directive[]): Redis['maxMemory'] {
  const [word] = valuesOf(directives, 'maxmemory') ?? []
  const bytes = word === undefined ? null : readRedisSize(word.text)
  return word === undefined || bytes === null ? null : { bytes, word }
}

/** Snapshots are on by default; an empty `save` takes away those before it (config.c, setConfigSaveOption). */
function isSaved(directives: readonly Directive[]): boolean {
  const isLogged = valuesOf(directives, 'appendonly')?.[0]?.text.toLowerCase() === 'yes'
  const save = valuesOf(directives, 'save')
  return isLogged || save === null || save.some(({ text }) => text !== '')
}

/** redis.conf, client-output-buffer-limit: a class, a hard limit, a soft one and its seconds; 0 is no limit. */
function replicaBufferOf(directives: readonly Directive[]): number {
  let bytes = 256 * MIB
  for (const { name, values } of directives) {
    if (name !== 'client-output-buffer-limit') continue
    for (let at = 0; at + 3 < values.length; at += 4) {
      const [kind, hard, soft] = values.slice(at, at + 3).map(({ text }) => text)
      if (kind !== 'replica' && kind !== 'slave') continue
      bytes = readRedisSize(hard ?? '') || readRedisSize(soft ?? '') || Infinity
    }
  }
  return bytes
}
