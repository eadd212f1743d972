/** The version of a program that was built in its own folder, where Go before 1.24 says `(devel)`. */
import type { GoModules } from './go-modules.ts'
import { goVariables } from './go-variables.ts'
import type { Program } from './program.ts'

/** `-X main.version=v1.2.3`, with or without quotation marks around a part of it. */
const SET = /-X[\s=]+['"]?([^\s'"=]+)=['"]?([^\s'"]*)/g
const CALLED_VERSION = /(?:^|[a-z])(?:ver|version|tag)$/i
const VERSION = /^v?(\d+\.\d+\.\d[\w.+-]*)$/
const MAX_FLAGS = 20_000
/** What Go makes up of a commit. https://go.dev/ref/mod#pseudo-versions */
const PSEUDO = /\b\d{14}-[0-9a-f]{12}\b/

/** As stated, as the linker was told, or else of the commit: `v0.0.0-20240501123456-0123456789ab`. */
export function mainVersion(
  stated: string | null,
  modules: GoModules,
  program: Program,
): string | null {
  if (stated !== null && !PSEUDO.test(stated)) return stated
  return (
    versionIn(flagsOf(modules), modules) ??
    versionIn(goVariables(program, CALLED_VERSION), modules) ??
    stated ??
    commitVersion(modules.settings)
  )
}

type Variables = Iterable<readonly [name: string, value: string]>

function flagsOf({ settings }: GoModules): Variables {
  const flags = settings.get('-ldflags')?.slice(0, MAX_FLAGS) ?? ''
  return Array.from(flags.matchAll(SET), ([, name = '', value = '']) => [name, value])
}

/** The first version of the program itself, and not of what it was built from. */
function versionIn(variables: Variables, { main, path }: GoModules): string | null {
  // Without a module, what lies beside its package: `github.com/docker/docker/` of `github.com/docker/docker/cmd/dockerd`.
  const own = main?.path ?? path.split('/').slice(0, 3).join('/')
  for (const [name, value] of variables) {
    const dot = name.lastIndexOf('.')
    const owner = name.slice(0, dot)
    const isOwn = owner === 'main' || owner === own || owner.startsWith(`${own}/`)
    const version = VERSION.exec(value)?.[1]
    if (isOwn && version !== undefined && CALLED_VERSION.test(name.slice(dot + 1))) {
      return `v${version}`
    }
  }
  return null
}

function commitVersion(settings: ReadonlyMap<string, string>): string | null {
  const revision = settings.get('vcs.revision')?.slice(0, 12) ?? ''
  const time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(settings.get('vcs.time') ?? '')
  if (!/^[0-9a-f]{12}$/.test(revision) || time === null) return null
  return `v0.0.0-${time.slice(1).join('')}-${revision}`
}
