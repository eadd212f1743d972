/** What the packages of languages have in common. */
import type { Package, PackageType } from '../../model/package.ts'
import type { Found } from '../cataloger.ts'

const MAX_WORD = 255
/** What is longer is no name of a licence, but its text. */
const MAX_LICENCE = 500

/** As a file states it; of another type than text: nothing is stated. */
interface Stated {
  type: PackageType
  namespace?: string | null
  name: unknown
  version: unknown
  /** Those that are not stated are left out. */
  qualifiers?: Readonly<Record<string, unknown>>
  licences?: readonly unknown[]
}

/** Nothing where it has no name or no version: then it is no package that anybody could ask for. */
export function installedPackage(stated: Stated): readonly Found[] {
  const { type, namespace = null, qualifiers = {}, licences = [] } = stated
  const name = word(stated.name)
  const version = word(stated.version)
  if (name === null || version === null) return []
  const one: Package = {
    type,
    namespace,
    name,
    version,
    qualifiers: Object.fromEntries(
      Object.entries(qualifiers).flatMap(([key, value]) => {
        const said = word(value)
        return said === null ? [] : [[key, said]]
      }),
    ),
    licences: licenceNames(licences),
  }
  return [{ kind: 'package', package: one }]
}

/** The same, of a lock file. */
export function declaredPackage(stated: Stated): readonly Found[] {
  return installedPackage(stated).map((found) =>
    found.kind === 'package' ? { ...found, isDeclared: true as const } : found,
  )
}

/** Names and versions hold neither blanks nor control characters. */
export function word(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value.trim()
  return text.length <= MAX_WORD && /^[^\s\p{Cc}\uFFFD]+$/u.test(text) ? text : null
}

function licenceNames(stated: readonly unknown[]): string[] {
  const names = stated.flatMap((licence) => {
    if (typeof licence !== 'string' || licence.length > MAX_LICENCE) return []
    const name = licence.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
    return name === '' ? [] : [name]
  })
  return names.length > 1 ? [...new Set(names)] : names
}
