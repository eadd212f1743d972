/** What apk has installed: Alpine, Wolfi, OpenWrt. https://wiki.alpinelinux.org/wiki/Apk_spec */
import { GIB } from '../../model/bytes.ts'
import type { Cataloger, Found, StreamCatalog } from '../cataloger.ts'
import { collecting } from '../collecting.ts'
import { installed, leftOut, MAX_FIELD_BYTES } from '../distributions/package.ts'
import { textOf } from '../distributions/paragraphs.ts'
import { LineSplitter } from '../lines.ts'

/** Name, version, architecture, licence, and the package whose build made it. Case matters: `p` and `a` are others. */
const WANTED = new Set(['P', 'V', 'A', 'L', 'o'].map((letter) => letter.charCodeAt(0)))
const COLON = 0x3a

export const apkInstalled: Cataloger = {
  id: 'apk-installed',
  title: "apk's database",
  version: 1,
  selects: {
    names: ['installed'],
    // Below usr/ since apk-tools 3.
    accepts: (path) => /(?:^|\/)lib\/apk\/db\/installed$/.test(path),
  },
  maxBytes: 2 * GIB,
  reads: 'stream',
  open: apkPackages,
}

function apkPackages(): StreamCatalog {
  return collecting((tell) => {
    let fields = new Map<string, string>()
    let tooLong = 0
    const lines = new LineSplitter(MAX_FIELD_BYTES, (line, isCut) => {
      const [letter = 0, colon] = line
      if (letter === 0) end()
      if (!WANTED.has(letter) || colon !== COLON) return
      if (isCut) tooLong++
      else fields.set(String.fromCharCode(letter), textOf(line.subarray(2)))
    })

    function end(): void {
      if (fields.size === 0) return
      const one = packageOf(fields)
      if (one !== null) tell(one)
      fields = new Map()
    }

    return {
      push: (chunk) => lines.push(chunk),
      finish() {
        lines.finish()
        end()
        if (tooLong > 0) tell(leftOut(tooLong))
      },
    }
  })
}

function packageOf(fields: ReadonlyMap<string, string>): Found | null {
  const field = (letter: string): string => fields.get(letter) ?? ''
  const origin = field('o')
  return installed({
    type: 'apk',
    name: field('P'),
    version: field('V'),
    arch: field('A'),
    upstream: origin === field('P') ? '' : origin,
    licences: [field('L')],
  })
}
