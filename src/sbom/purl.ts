/** Package URLs (ECMA-427, https://github.com/package-url/purl-spec) in their canonical form. */
import type { Distribution, Package, PackageType } from '../model/package.ts'

/** Types whose packages a distribution makes: they are named within it. */
const OF_A_DISTRIBUTION: ReadonlySet<PackageType> = new Set(['alpm', 'apk', 'deb', 'rpm'])
/**
 * Types whose names do not depend on case, by their definitions in the specification. Go and npm do: module paths are
 * compared exactly, and the registry has old packages, as `JSONStream`, beside others of the same letters.
 */
const LOWER_NAMESPACE: ReadonlySet<PackageType> = new Set([
  'alpm',
  'apk',
  'composer',
  'deb',
  'hex',
  'rpm',
])
const LOWER_NAME: ReadonlySet<PackageType> = new Set([
  'alpm',
  'apk',
  'composer',
  'deb',
  'hex',
  'otp',
  'pypi',
])

/** The purl of a package, which lies in an image of that distribution. The name of the package is not empty. */
export function purlOf(item: Package, distribution: Distribution | null): string {
  const named = withinDistribution(item, distribution)
  const [namespace, name] = nameParts(named)
  const path = [...segments(namespace), encoded(name)].join('/')
  const version = named.version === null || named.version === '' ? '' : `@${encoded(named.version)}`
  const qualifiers = qualifierText(named.qualifiers)
  return `pkg:${named.type}/${path}${version}${qualifiers === '' ? '' : `?${qualifiers}`}`
}

/** Whether packages of this type are made by a distribution, so that their namespace says only which one. */
export function isOfDistribution(type: PackageType): boolean {
  return OF_A_DISTRIBUTION.has(type)
}

/** Its distribution as namespace and as the qualifier `distro`, where the package does not state others. */
function withinDistribution(item: Package, distribution: Distribution | null): Package {
  if (distribution === null || !OF_A_DISTRIBUTION.has(item.type)) return item
  const { id, version } = distribution
  const distro = version === null ? id : `${id}-${version}`
  return {
    ...item,
    namespace: item.namespace ?? vendorOf(id),
    qualifiers: { distro, ...item.qualifiers },
  }
}

/** As advisories and other scanners name it, which is the id of os-release(5) but for two families. */
function vendorOf(id: string): string {
  if (id === 'rhel') return 'redhat'
  return id.startsWith('opensuse') ? 'opensuse' : id
}

function nameParts({ type, namespace, name }: Package): [string, string] {
  const group = namespace ?? ''
  const own = LOWER_NAME.has(type) ? name.toLowerCase() : name
  return [
    LOWER_NAMESPACE.has(type) ? group.toLowerCase() : group,
    type === 'pypi' ? own.replaceAll('_', '-') : own,
  ]
}

function segments(namespace: string): string[] {
  return namespace
    .split('/')
    .filter((segment) => segment !== '')
    .map(encoded)
}

/** Sorted by key; keys that the specification does not allow, and empty values, are left out. */
function qualifierText(qualifiers: Package['qualifiers']): string {
  const allowed = Object.entries(qualifiers)
    .map(([key, value]) => [key.toLowerCase(), value] as const)
    .filter(([key, value]) => /^[a-z][a-z0-9._-]*$/.test(key) && value !== '')
  return [...new Map(allowed)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encoded(value)}`)
    .join('&')
}

/** All but letters, digits, `.`, `-`, `_`, `~` and `:` is percent-encoded, in UTF-8. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
