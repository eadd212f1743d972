/** The modules that a Go program was built from, as https://pkg.go.dev/runtime/debug#BuildInfo */

export interface GoModule {
  path: string
  /** As `v1.2.3`, `(devel)`, or empty. */
  version: string
  /** What was taken instead of it; a path that begins with `.` or `/` is a folder. */
  replacement: { path: string; version: string } | null
}

export interface GoModules {
  /** Of the package with the function `main`. */
  path: string
  main: GoModule | null
  dependencies: GoModule[]
  /** As `-ldflags`, `vcs.revision`. */
  settings: Map<string, string>
}

/** More than any program has. */
const MAX_MODULES = 50_000

/** Lines that are not understood are left out. */
export function parseGoModules(text: string): GoModules {
  const modules: GoModules = { path: '', main: null, dependencies: [], settings: new Map() }
  let last: GoModule | null = null
  for (const line of text.split('\n')) {
    const [kind, first = '', second = ''] = line.split('\t')
    if (kind === 'path') modules.path = first
    else if (kind === 'mod' || kind === 'dep') {
      last = { path: first, version: second, replacement: null }
      if (kind === 'mod') modules.main = last
      else if (modules.dependencies.length < MAX_MODULES) modules.dependencies.push(last)
    } else if (kind === '=>' && last !== null) last.replacement = { path: first, version: second }
    else if (kind === 'build') addSetting(modules.settings, line.slice('build\t'.length))
  }
  return modules
}

/** `-ldflags="-s -w"`: values with blanks are quoted as in Go, and thereby as in JSON but for a few. */
function addSetting(settings: Map<string, string>, line: string): void {
  const equals = line.indexOf('=')
  if (equals <= 0 || settings.size >= 1000) return
  const raw = line.slice(equals + 1)
  settings.set(line.slice(0, equals), unquoted(raw))
}

function unquoted(raw: string): string {
  if (raw.startsWith('`')) return raw.slice(1, -1)
  if (!raw.startsWith('"')) return raw
  return raw.slice(1, -1).replaceAll(/\\(.)/g, '$1')
}
