import type { Found } from './packages.ts'

/** Why a package is told by a peer alone; null where nobody knows. */
export function reasonOf(name: string, theirs: Found, ours: Found): string | null {
  if (ours.has(name.toLowerCase())) return 'the same package, with other capitals'
  if (ours.has(name.replace('@v', '@'))) return 'the same package, with a v before its version'
  if (name.startsWith('npm ') && name.endsWith('@'))
    return 'a folder of an application, taken for a package'
  const files = theirs.get(name) ?? []
  const others = [...ours].flatMap(([own, places]) =>
    places.some((place) => files.includes(place)) ? [own] : [],
  )
  if (others.length === 0) return null
  // A jar names itself in its pom; without one, its name is guessed from its file or its manifest.
  return name.startsWith('maven ')
    ? 'another name for a jar that is told here, too, by its pom or by what Maven Central calls it'
    : `another name for what is told here of the same file`
}
