/** Found packages in one line each, so that a test shows what is expected at a glance. */
import type { Found } from '../../src/sbom/cataloger.ts'

/** `deb zlib1g 1:1.2.13 arch=amd64 upstream=zlib [Zlib, MIT]` */
export function shown(found: readonly Found[]): string[] {
  return found.map((one) => {
    if (one.kind === 'problem') return `problem: ${one.says}`
    if (one.kind === 'distribution') {
      const { id, version, name } = one.distribution
      return `${id} ${version ?? 'rolling'} (${name})`
    }
    if (one.kind === 'licences') return `${one.of.name}: ${one.licences.join(', ')}`
    const { type, namespace, name, version, qualifiers, licences } = one.package
    const path = namespace === null ? name : `${namespace}/${name}`
    const words = Object.entries(qualifiers).map(([key, value]) => `${key}=${value}`)
    const stated = licences.length === 0 ? [] : [`[${licences.join(', ')}]`]
    const place = one.inside === undefined ? [] : [`in ${one.inside}`]
    const kind = one.isDeclared === true ? ['declared'] : []
    return [type, path, version ?? '?', ...words, ...stated, ...kind, ...place].join(' ')
  })
}
