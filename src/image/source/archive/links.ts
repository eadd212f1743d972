import { cleanPath, type TarEntry } from '../../layer/tar-entries.ts'

/** Hops that a link may take; old archives of Docker take one. */
const MAX_HOPS = 8

/** Where the links of an archive lead, by their paths. */
export type Links = Map<string, string>

/** Notes what an entry says; the same name again replaces what was before, as it does when an archive is unpacked. */
export function noteLink(links: Links, { path, kind, target }: TarEntry): void {
  links.delete(path)
  if (kind !== 'hard-link' && kind !== 'symbolic-link') return
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const isRelative = kind === 'symbolic-link' && !target.startsWith('/')
  const leadsTo = cleanPath(isRelative ? `${folder}${target}` : target)
  if (leadsTo !== null) links.set(path, leadsTo)
}

/** Where a path leads; null where that goes in a circle. */
export function followed(path: string, links: ReadonlyMap<string, string>): string | null {
  let at = path
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const next = links.get(at)
    if (next === undefined) return at
    at = next
  }
  return null
}
