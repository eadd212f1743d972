/** Packages in the words of dpkg, which opkg shares. */
import type { Found, StreamCatalog } from '../cataloger.ts'
import { collecting } from '../collecting.ts'
import { installed, leftOut } from './package.ts'
import { Paragraphs, type Paragraph } from './paragraphs.ts'

const FIELDS = ['package', 'status', 'version', 'architecture', 'source', 'license']
/** Of these no files are there, but settings that were left. dpkg(1), "Package states" */
const GONE = new Set(['not-installed', 'config-files'])

/** The installed packages of a status file of dpkg or opkg, or of a `control` file that has no state. */
export function dpkgPackages(): StreamCatalog {
  return collecting((tell) => {
    const paragraphs = new Paragraphs(FIELDS, (paragraph) => {
      const one = packageIn(paragraph)
      if (one !== null) tell(one)
    })
    return {
      push: (chunk) => paragraphs.push(chunk),
      finish() {
        paragraphs.finish()
        if (paragraphs.tooLong > 0) tell(leftOut(paragraphs.tooLong))
      },
    }
  })
}

function packageIn(paragraph: Paragraph): Found | null {
  const field = (name: string): string => paragraph.get(name) ?? ''
  const state = field('status').split(/\s+/).at(2)
  if (state !== undefined && GONE.has(state)) return null
  return installed({
    type: 'deb',
    name: field('package'),
    version: field('version'),
    arch: field('architecture'),
    upstream: sourceOf(field('source')),
    licences: [field('license')],
  })
}

/** `gcc-12 (12.2.0-14)` names a version where it is another one than that of the package. */
function sourceOf(source: string): string {
  const [, name = '', version] = /^(\S+)(?:\s+\(([^()\s]+)\))?/.exec(source) ?? []
  return version === undefined ? name : `${name}@${version}`
}
