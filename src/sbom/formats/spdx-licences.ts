/** The licences of an SPDX document that are not in the list of SPDX, which it has to define. */
import { allOf, licencesOf, type Licence, textOf } from '../licence.ts'
import { shortDigest, slugOf } from './identity.ts'

/** Beyond these, statements stand with their packages alone: a document may have millions. */
const MAX_ENTRIES = 10_000
const MAX_CHARACTERS = 1024 * 1024

interface Entry {
  licenseId: string
  name: string
  extractedText: string
}

export class LicenceBook {
  readonly #entries = new Map<string, Entry>()
  #characters = 0

  /** What a package says of its licences, as members of an SPDX package. */
  declare(stated: readonly string[]): { licenseDeclared: string; licenseComments?: string } {
    const licences = licencesOf(stated)
    if (licences.length === 0) return { licenseDeclared: 'NOASSERTION' }
    const entries = licences.flatMap(entriesOf)
    if (!this.#hasRoomFor(entries)) {
      const licenseComments = `Stated by the package: ${licences.map(textOf).join('; ')}`
      return { licenseDeclared: 'NOASSERTION', licenseComments }
    }
    for (const entry of entries) this.#add(entry)
    return { licenseDeclared: allOf(licences.map(expressionOf)) }
  }

  /** All that were declared so far, each once, in the order of their first use. */
  entries(): Iterable<Entry> {
    return this.#entries.values()
  }

  #hasRoomFor(entries: readonly Entry[]): boolean {
    const added = entries.filter(({ licenseId }) => !this.#entries.has(licenseId))
    const characters = added.reduce((sum, entry) => sum + lengthOf(entry), 0)
    return (
      this.#entries.size + added.length <= MAX_ENTRIES &&
      this.#characters + characters <= MAX_CHARACTERS
    )
  }

  #add(entry: Entry): void {
    if (this.#entries.has(entry.licenseId)) return
    this.#entries.set(entry.licenseId, entry)
    this.#characters += lengthOf(entry)
  }
}

function expressionOf(licence: Licence): string {
  return licence.kind === 'name' ? referenceTo(licence.name) : textOf(licence)
}

function entriesOf(licence: Licence): Entry[] {
  switch (licence.kind) {
    case 'id':
      return []
    case 'expression':
      return licence.references.map((licenseId) => ({
        licenseId,
        name: licenseId,
        extractedText: 'The package names the licence so, and does not say more.',
      }))
    case 'name': {
      const { name } = licence
      return [{ licenseId: referenceTo(name), name: name.slice(0, 100), extractedText: name }]
    }
  }
}

/** The same for the same name, in any document. */
function referenceTo(name: string): string {
  return ['LicenseRef-stella', slugOf(name), shortDigest(name)]
    .filter((part) => part !== '')
    .join('-')
}

function lengthOf({ licenseId, name, extractedText }: Entry): number {
  return 2 * licenseId.length + name.length + extractedText.length
}
