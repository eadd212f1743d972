import type { Found } from './packages.ts'

/** Why a package is told by a peer alone; null where nobody knows. */
export function reasonOf(name: string, theirs: Found, ours: Found): string | null {
  if (ours.has(name.toLowerCase())) return 'the same package, with other capitals'
  if (ours.has(name.replace('@v', '@'))) return 'the same package, with a v before its version'
  if (name.startsWith('gomodules ')) return reasonOfGo(name.slice('gomodules '.length), ours)
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

/** snyk tells the packages of a module, each by its own path, and gives the module itself no version where it is the program. */
function reasonOfGo(name: string, ours: Found): string | null {
  const at = name.lastIndexOf('@')
  const [path, version] = [name.slice(0, at), name.slice(at + 1).replace(/^v/, '')]
  const modules = [...ours.keys()].flatMap((own) => {
    const [, module = '', stated = ''] = /^golang (.+?)(?:@v?(.*))?$/.exec(own) ?? []
    return module !== '' && stated === version ? [module] : []
  })
  const isWithin = modules.some((module) => path === module || path.startsWith(`${module}/`))
  return isWithin ? 'a package of a module that is told here' : null
}
