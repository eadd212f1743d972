/**
 * META-INF/MANIFEST.MF.
 * https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest
 */

const MAX_SECTIONS = 1000

export interface Manifest {
  /** Of the archive itself. Null where it does not say so, or names a text that stands elsewhere (`%name`). */
  of(attribute: string): string | null
  /** The same, or else of the first package or file inside that says so. */
  anywhere(attribute: string): string | null
}

export const NO_MANIFEST: Manifest = { of: () => null, anywhere: () => null }

export function parseManifest(bytes: Buffer): Manifest {
  const sections = unfolded(bytes)
    .split(/\n{2,}/, MAX_SECTIONS)
    .map(attributes)
  const valueIn = (section: Map<string, string> | undefined, attribute: string): string | null => {
    const value = section?.get(attribute.toLowerCase()) ?? ''
    return value === '' || value.startsWith('%') ? null : value
  }
  const of = (attribute: string): string | null => valueIn(sections[0], attribute)
  return {
    of,
    anywhere(attribute) {
      for (const section of sections) {
        const value = valueIn(section, attribute)
        if (value !== null) return value
      }
      return null
    },
  }
}

/** A line goes on in the next one if that begins with a blank, even amid a character: so bytes are joined. */
function unfolded(bytes: Buffer): string {
  const lines = bytes.toString('latin1')
  const joined = lines.replaceAll(/\r\n?/g, '\n').replaceAll('\n ', '')
  return Buffer.from(joined, 'latin1').toString('utf8')
}

function attributes(section: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of section.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    if (!found.has(name)) found.set(name, line.slice(colon + 1).trim())
  }
  return found
}

/**
 * The licences that a manifest states: of an OSGi bundle, or of a Jenkins plugin.
 * https://docs.osgi.org/specification/osgi.core/8.0.0/framework.module.html#framework.module-bundle-license
 */
export function manifestLicences(manifest: Manifest): string[] {
  const licences: string[] = []
  for (const clause of unquotedParts(manifest.of('Bundle-License') ?? '', ',')) {
    const [name = ''] = unquotedParts(clause, ';')
    const licence = name.trim().replaceAll(/^"|"$/g, '').trim()
    if (licence !== '' && licence !== '<<EXTERNAL>>') licences.push(licence)
  }
  for (const number of ['', '-2', '-3', '-4', '-5']) {
    const licence = manifest.of(`Plugin-License-Name${number}`)
    if (licence !== null) licences.push(licence)
  }
  return [...new Set(licences)]
}

/** Parts between separators that do not stand between quotation marks. */
function unquotedParts(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let isQuoted = false
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && isQuoted) at++
    else if (text[at] === '"') isQuoted = !isQuoted
    else if (text[at] === separator && !isQuoted) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}
