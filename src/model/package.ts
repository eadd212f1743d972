/** A piece of software that somebody packed and named, in the words of https://github.com/package-url/purl-spec */

/** The kinds of packages that are known, by their purl type. */
export const PACKAGE_TYPES = [
  'alpm',
  'apk',
  'cargo',
  'composer',
  'conda',
  'deb',
  'gem',
  'generic',
  'golang',
  'hex',
  'maven',
  'npm',
  'nuget',
  'otp',
  'pypi',
  'rpm',
] as const

export type PackageType = (typeof PACKAGE_TYPES)[number]

export interface Package {
  type: PackageType
  /** Group, scope or vendor, as `org.apache.commons`, `@types`. Null for packages of a distribution: it is known later. */
  namespace: string | null
  name: string
  /** Null where nobody states it. */
  version: string | null
  qualifiers: Readonly<Record<string, string>>
  /** As stated where the package was found: SPDX expressions, names, sentences; in the order stated, each once. */
  licences: readonly string[]
}

/** The operating system of an image. os-release(5) */
export interface Distribution {
  /** As `debian`, `alpine`, `rhel`. */
  id: string
  /** As `12`; null for rolling ones. */
  version: string | null
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  name: string
}

/** Where a package was found. */
export interface Occurrence {
  /** From the root of the image, without a slash before it; what is inside an archive stands after `!/`. */
  path: string
  /** The diff_id of the layer that brought it; null in a folder that has no layers. */
  layer: string | null
  /** The cataloger that found it. */
  by: string
}
