/**
 * What Azure Linux (CBL-Mariner) leaves in images without rpm instead of its database: lines that `rpm --query --all` wrote.
 * https://github.com/microsoft/azurelinux/blob/3.0/toolkit/docs/how_it_works/5_misc.md
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, Found, StreamCatalog } from '../cataloger.ts'
import { collecting } from '../collecting.ts'
import { installed, leftOut, MAX_FIELD_BYTES } from '../distributions/package.ts'
import { textOf } from '../distributions/paragraphs.ts'
import { LineSplitter } from '../lines.ts'

const NOT_STATED = '(none)'
const KEY = 'gpg-pubkey'

export const rpmManifest: Cataloger = {
  id: 'rpm-manifest',
  title: "what Azure Linux leaves in the place of rpm's database",
  version: 1,
  selects: { paths: ['var/lib/rpmmanifest/container-manifest-2'] },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open: packages,
}

function packages(): StreamCatalog {
  return collecting((tell) => {
    let tooLong = 0
    const lines = new LineSplitter(MAX_FIELD_BYTES, (line, isCut) => {
      if (isCut) tooLong++
      const one = isCut ? null : packageOf(textOf(line))
      if (one !== null) tell(one)
    })
    return {
      push: (chunk) => lines.push(chunk),
      finish() {
        lines.finish()
        if (tooLong > 0) tell(leftOut(tooLong))
      },
    }
  })
}

/** Name, version and release, two times, vendor, epoch, size, architecture, epoch as a number, package of sources. */
function packageOf(line: string): Found | null {
  const fields = line.split('\t').map((field) => (field === NOT_STATED ? '' : field))
  const [name = '', version = '', , , , epoch = '', , arch = '', , upstream = ''] = fields
  if (name === KEY || version === '') return null
  return installed({
    type: 'rpm',
    name,
    version,
    arch,
    upstream,
    licences: [],
    qualifiers: { epoch },
  })
}
