/** What catalogers found, in lines that tests compare. */
import type { Found } from '../../src/sbom/cataloger.ts'

/** `pkg:maven/org.slf4j/slf4j-api@2.0.13 in lib/a.jar`, or the problem; without encoding, and without licences. */
export function foundLine(found: Found): string {
  if (found.kind === 'problem') return `problem: ${found.says}`
  if (found.kind !== 'package') return found.kind
  const { type, namespace, name, version } = found.package
  const where = found.inside === undefined ? '' : ` in ${found.inside}`
  const at = version === null ? '' : `@${version}`
  return `pkg:${[type, namespace, name].filter((part) => part !== null).join('/')}${at}${where}`
}
