import { usageError } from '../../model/errors.ts'
import { DIGEST, type RegistryName } from '../../model/image.ts'

const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/
const REPOSITORY =
  /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/

/**
 * Reads the name of an image as Docker does: `debian` is `docker.io/library/debian:latest`.
 *
 * @see https://github.com/distribution/reference/blob/main/normalize.go
 * @throws StellaError 2
 */
export function parseRegistryName(text: string): RegistryName {
  const name = readName(text)
  if (name !== null) return name
  const hint = text.toLowerCase() === text ? '' : ', in lower case'
  throw usageError(
    'it is no name of an image',
    text.slice(0, 200),
    `write it as debian:12, ghcr.io/owner/name:tag or name@sha256:…${hint}`,
  )
}

function readName(text: string): RegistryName | null {
  const [named = '', digest = null, ...more] = text.split('@')
  if (more.length > 0 || (digest !== null && !DIGEST.test(digest))) return null
  const { path, tag } = splitTag(named)
  if (tag !== null && !TAG.test(tag)) return null
  const { host, repository } = splitHost(path)
  if (!HOST.test(host) || !REPOSITORY.test(repository) || repository.length > 255) return null
  return { host, repository, tag: tag ?? (digest === null ? 'latest' : null), digest }
}

function splitTag(named: string): { path: string; tag: string | null } {
  const colon = named.lastIndexOf(':')
  if (colon <= named.lastIndexOf('/')) return { path: named, tag: null }
  return { path: named.slice(0, colon), tag: named.slice(colon + 1) }
}

const HUB = 'docker.io'

/** The first part is a host where it looks like one; else the image is one of Docker Hub. */
function splitHost(path: string): { host: string; repository: string } {
  const slash = path.indexOf('/')
  const first = slash === -1 ? '' : path.slice(0, slash)
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const host = isHost ? first : HUB
  const repository = isHost ? path.slice(slash + 1) : path
  if (host !== HUB && host !== 'index.docker.io') return { host, repository }
  return { host: HUB, repository: repository.includes('/') ? repository : `library/${repository}` }
}

/** `docker.io/library/debian:12`. */
export function nameText({ host, repository, tag, digest }: RegistryName): string {
  const behindTag = tag === null ? '' : `:${tag}`
  return `${host}/${repository}${behindTag}${digest === null ? '' : `@${digest}`}`
}

/** Whether two names mean the same image; names that are none of a registry, as bare tags, are compared as they are. */
export function sameImage(one: string, other: string): boolean {
  if (one === other) return true
  const [first, second] = [readName(one), readName(other)]
  return first !== null && second !== null && nameText(first) === nameText(second)
}
