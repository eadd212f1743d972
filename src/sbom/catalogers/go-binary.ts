/** Programs that were built by Go: their modules, and the standard library. */
import { GIB } from '../../model/bytes.ts'
import type { Package } from '../../model/package.ts'
import type { Cataloger, Found } from '../cataloger.ts'
import { mainVersion } from '../programs/go-main-version.ts'
import { parseGoModules, type GoModule, type GoModules } from '../programs/go-modules.ts'
import { readGoBuild, type GoBuild } from '../programs/go.ts'
import { openPrograms } from '../programs/open.ts'
import type { Program } from '../programs/program.ts'

const UNKNOWN_VERSION = '(devel)'
/** What Go calls a program that was built from files and not from a package. */
const FILES = 'command-line-arguments'

export const goBinary: Cataloger = {
  id: 'go-binary',
  title: 'the modules in programs of Go',
  version: 1,
  selects: { programs: true },
  maxBytes: 4 * GIB,
  reads: 'anywhere',
  *catalog(file) {
    // Programs for several architectures in one file have the same modules.
    const told = new Set<string>()
    for (const program of openPrograms(file)) {
      const build = readGoBuild(program)
      if (build === null) continue
      if (build.modules === null) {
        yield { kind: 'problem', says: 'its list of modules is damaged or too large' }
      }
      for (const found of packagesOf(build, program)) {
        const key = `${found.namespace}/${found.name}@${found.version}`
        if (told.has(key)) continue
        told.add(key)
        yield { kind: 'package', package: found } satisfies Found
      }
    }
  },
}

function* packagesOf({ version, modules }: GoBuild, program: Program): Generator<Package> {
  const parsed = parseGoModules(modules ?? '')
  const main = mainOf(parsed)
  if (main !== null) yield { ...main, version: mainVersion(main.version, parsed, program) }
  for (const dependency of parsed.dependencies) {
    const found = packageOf(dependency)
    const isMain = main !== null && found.name === main.name && found.namespace === main.namespace
    if (dependency.path !== '' && !isMain) yield found
  }
  // `go1.22.3 X:boringcrypto`, `go1.26.1-X:nodwarf5`, `devel go1.24-0123456 Mon May …`.
  const release = /go(\d[^\s]*?)(?=-X:|\s|$)/.exec(version)?.[1] ?? null
  if (release !== null) yield golang('stdlib', release, ['BSD-3-Clause'])
}

/** Where no module is stated it is the only one that was built from its sources, or a package of Go: `cmd/go`. */
function mainOf({ main, path, dependencies }: GoModules): Package | null {
  if (main !== null) return packageOf(main)
  const built = dependencies.filter(
    ({ version, replacement }) => version === UNKNOWN_VERSION && replacement === null,
  )
  const [only, ...others] = built
  if (only !== undefined && others.length === 0) return packageOf(only)
  if (path === '' || path === FILES) return null
  return packageOf({ path, version: UNKNOWN_VERSION, replacement: null })
}

/** What was replaced by a folder keeps its name, but nobody knows its version. */
function packageOf({ path, version, replacement }: GoModule): Package {
  if (replacement === null) return golang(path, version)
  const isFolder = /^[./]|^[A-Za-z]:[\\/]/.test(replacement.path)
  return golang(isFolder ? path : replacement.path, replacement.version)
}

function golang(path: string, version: string, licences: string[] = []): Package {
  const slash = path.lastIndexOf('/')
  return {
    type: 'golang',
    namespace: slash > 0 ? path.slice(0, slash) : null,
    name: path.slice(slash + 1),
    version: version === '' || version === UNKNOWN_VERSION ? null : version,
    qualifiers: {},
    licences,
  }
}
