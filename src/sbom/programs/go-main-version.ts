/** The version of a program that was built in its own folder, where Go before 1.24 says `(devel)`. */
import type { GoModules } from './go-modules.ts'

/** `-X main.version=v1.2.3`, with or without quotation marks around a part of it. */
const SET = /-X[\s=]+['"]?([^\s'"=]+)=['"]?([^\s'"]*)/g
const CALLED_VERSION = /(?:^|[a-z])(?:ver|version|tag)$/i
const VERSION = /^v?(\d+\.\d+\.\d+[\w.+-]*)$/
const MAX_FLAGS = 20_000

/** As the linker was told, or else of the commit, as Go makes it up: `v0.0.0-20240501123456-0123456789ab`. */
export function mainVersion({ main, settings }: GoModules): string | null {
  const flags = settings.get('-ldflags')?.slice(0, MAX_FLAGS) ?? ''
  const set = [...flags.matchAll(SET)].flatMap(([, variable = '', value = '']) => {
    const dot = variable.lastIndexOf('.')
    const owner = variable.slice(0, dot)
    const version = VERSION.exec(value)?.[1]
    const isOwn = owner === 'main' || owner === main?.path || owner.startsWith(`${main?.path}/`)
    if (!isOwn || version === undefined || !CALLED_VERSION.test(variable.slice(dot + 1))) return []
    return [`v${version}`]
  })
  return set[0] ?? commitVersion(settings)
}

/** https://go.dev/ref/mod#pseudo-versions */
function commitVersion(settings: ReadonlyMap<string, string>): string | null {
  const revision = settings.get('vcs.revision')?.slice(0, 12) ?? ''
  const time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(settings.get('vcs.time') ?? '')
  if (!/^[0-9a-f]{12}$/.test(revision) || time === null) return null
  return `v0.0.0-${time.slice(1).join('')}-${revision}`
}
