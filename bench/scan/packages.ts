/** What SBOMs say is in an image, in one way of writing. */
import { z } from 'zod/mini'
import type { Truth } from '../../scripts/images/image.ts'

const Bom = z.object({
  components: z.optional(
    z.array(
      z.object({
        purl: z.optional(z.string()),
        properties: z.optional(
          z.array(z.object({ name: z.string(), value: z.optional(z.string()) })),
        ),
        evidence: z.optional(
          z.object({ occurrences: z.optional(z.array(z.object({ location: z.string() }))) }),
        ),
      }),
    ),
  ),
})

/** What was found, and in which files. */
export type Found = ReadonlyMap<string, readonly string[]>

/** `TYPE NAME@VERSION` of each purl of a CycloneDX document, with the files that it is told to be in. */
export function foundIn(text: string): Found {
  const found = new Map<string, string[]>()
  for (const { purl, properties, evidence } of Bom.parse(JSON.parse(text)).components ?? []) {
    if (purl === undefined) continue
    const said = (properties ?? []).filter(({ name }) => /:path$|FilePath$/.test(name))
    const files = [
      ...said.flatMap(({ value }) => (value === undefined ? [] : [value])),
      ...(evidence?.occurrences ?? []).map(({ location }) => location),
    ].map((file) => file.replace(/^\//, ''))
    const name = nameOf(purl)
    found.set(name, [...(found.get(name) ?? []), ...files])
  }
  return found
}

/** The packages of a truth that are not among those found, in the same way of writing. */
export function missingFrom(truth: Truth, found: Found): readonly string[] {
  return Object.entries(truth.packages).flatMap(([type, names]) =>
    names.map((name) => `${type} ${name}`).filter((name) => !found.has(name)),
  )
}

/** Distributions have namespaces that their package managers do not know. */
const OF_DISTRIBUTIONS = new Set(['deb', 'apk', 'rpm', 'alpm'])

export function nameOf(purl: string): string {
  const [plain = ''] = purl.replace(/^pkg:/, '').split(/[?#]/)
  const [type = '', ...rest] = plain.split('/')
  const path = rest.map((part) => decodeURIComponent(part))
  const kept = OF_DISTRIBUTIONS.has(type) ? path.slice(-1) : path
  // Some write the epoch of a version beside it.
  const epoch = /[?&]epoch=(\d+)/.exec(purl)?.[1]
  const name = kept.join('/')
  const withEpoch = epoch === undefined ? name : name.replace(/@(?!\d+:)/, `@${epoch}:`)
  return `${type} ${withEpoch}`
}
