/** The licences of Debian's packages, which dpkg does not know, but their documentation does. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, StreamCatalog } from '../cataloger.ts'
import { MAX_FIELD_BYTES } from '../distributions/package.ts'
import { fieldOf, textOf } from '../distributions/paragraphs.ts'
import { LineSplitter } from '../lines.ts'

const PATH = /^usr\/share\/doc\/([^/]+)\/copyright$/
/** Of Debian's, none states more than 40. */
const MAX_LICENCES = 500
const MAX_LICENCE_CHARS = 500
const CAPITAL_L = 'L'.charCodeAt(0)
/** https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/ and its drafts */
const MACHINE_READABLE = /^Format(?:-Specification)?:/i
/** `GPL-2+ or Artistic`, and not the sentence that follows `License:` in a free text. */
const NAMES = /^[a-z0-9][\w.+-]*(?:,? (?:and|or|with) [\w.+-]+)*$/i
/** Where a free text points, for texts that all systems have are not repeated. Debian Policy 12.5 */
const COMMON_LICENCE = /\/usr\/share\/common-licenses\/([a-z0-9][\w.+-]*[a-z0-9+]|[a-z0-9])/gi

export const dpkgCopyright: Cataloger = {
  id: 'dpkg-copyright',
  title: "licences of Debian's packages, below `usr/share/doc`",
  version: 1,
  selects: { names: ['copyright'], accepts: (path) => PATH.test(path) },
  maxBytes: 64 * MIB,
  reads: 'stream',
  open: (path) => licencesOf(PATH.exec(path)?.[1] ?? ''),
}

function licencesOf(name: string): StreamCatalog {
  const stated = new Set<string>()
  const pointedAt = new Set<string>()
  let isFirst = true
  let isMachineReadable = false
  const lines = new LineSplitter(MAX_FIELD_BYTES, (line) => {
    if (stated.size + pointedAt.size >= MAX_LICENCES) return
    // What a machine-readable file points at are the texts of what it states.
    const isTold = isMachineReadable && stated.size > 0
    if (isTold && line[0] !== CAPITAL_L) return
    const text = textOf(line)
    if (isFirst && text !== '') {
      isFirst = false
      isMachineReadable = MACHINE_READABLE.test(text)
    }
    const field = line[0] === CAPITAL_L ? fieldOf(line) : null
    if (field?.name === 'license' && isLicence(field.value, isMachineReadable)) {
      stated.add(field.value)
    }
    for (const [, pointed] of text.matchAll(COMMON_LICENCE)) pointedAt.add(pointed ?? '')
  })
  return {
    push(chunk) {
      lines.push(chunk)
      return []
    },
    finish() {
      lines.finish()
      const isTold = isMachineReadable && stated.size > 0
      const licences = isTold ? [...stated] : [...new Set([...stated, ...pointedAt])]
      if (licences.length === 0) return []
      return [{ kind: 'licences', of: { type: 'deb', name }, licences }]
    },
  }
}

function isLicence(text: string, isMachineReadable: boolean): boolean {
  if (text === '' || text.length > MAX_LICENCE_CHARS) return false
  return isMachineReadable || NAMES.test(text)
}
