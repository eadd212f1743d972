/** What the databases of distributions have in common. */
import { formatBytes, KIB } from '../../model/bytes.ts'
import type { Found } from '../cataloger.ts'
import type { PackageType } from '../../model/package.ts'

/** A name, a version or a licence that is longer is none. */
export const MAX_FIELD_BYTES = 4 * KIB

/** As a database states it; empty text means that nothing is stated. */
interface Stated {
  type: PackageType
  name: string
  version: string
  arch: string
  /** The package of sources that it was built from, as `openssl`, `gcc-12@12.2.0-14` or `bash-5.1.8-9.el9.src.rpm`. */
  upstream: string
  licences: readonly string[]
  /** More qualifiers of its purl. */
  qualifiers?: Readonly<Record<string, string>>
}

/** Null where this cannot be the name of a package. */
export function installed(stated: Stated): Found | null {
  const { type, name, version, arch, upstream } = stated
  if (!isWord(name)) return null
  const qualifiers = { arch, upstream, ...stated.qualifiers }
  return {
    kind: 'package',
    package: {
      type,
      namespace: null,
      name,
      version: isWord(version) ? version : null,
      qualifiers: Object.fromEntries(
        Object.entries(qualifiers).filter(([, value]) => isWord(value)),
      ),
      licences: [...new Set(stated.licences.filter((licence) => licence !== ''))],
    },
  }
}

/** Tells of fields that were too long to be what they are named. */
export function leftOut(fields: number): Found {
  const which = fields === 1 ? '1 field' : `${fields} fields`
  return { kind: 'problem', says: `${which} of more than ${formatBytes(MAX_FIELD_BYTES)} left out` }
}

/** No distribution has blanks or control characters in names and versions: a file that has them is damaged, or another one. */
function isWord(text: string): boolean {
  return /^[^\s\p{Cc}\uFFFD]{1,255}$/u.test(text)
}
