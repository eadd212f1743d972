/**
 * What RubyGems and Bundler have installed, and what came with Ruby: `specifications/NAME-VERSION.gemspec`. It is Ruby, but
 * RubyGems writes it itself, and one way only. https://guides.rubygems.org/specification-reference/
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, StreamCatalog } from '../cataloger.ts'
import { installedPackage } from '../languages/package.ts'
import { readLines } from '../languages/read.ts'

/** Lists of files and of licences stand on one line. */
const MAX_LINE_BYTES = 16 * 1024
/** `# stub: NAME VERSION PLATFORM REQUIRE_PATHS`: what RubyGems itself reads first. */
const STUB = /^# stub: (\S+) (\S+) (\S+) /
const ASSIGNED = /^\s*\w+\.(name|version|platform|licenses?)\s*=(.*)/
const TEXT = /"([^"]*)"|'([^']*)'/
const TEXTS = new RegExp(TEXT, 'g')

export const rubyGemspec: Cataloger = {
  id: 'ruby-gemspec',
  title: 'gems of RubyGems and Bundler',
  version: 1,
  selects: {
    endings: ['.gemspec'],
    accepts: (path) => /(?:^|\/)specifications\/.+\.gemspec$/i.test(path),
  },
  maxBytes: 16 * MIB,
  reads: 'stream',
  open,
}

function open(): StreamCatalog {
  const spec = new Map<string, string>()
  let licences: string[] = []
  return readLines(MAX_LINE_BYTES, {
    line(text) {
      const stub = STUB.exec(text)
      if (stub !== null) {
        const [, name = '', version = '', platform = ''] = stub
        spec.set('name', name).set('version', version).set('platform', platform)
        return undefined
      }
      const [, key = '', value = ''] = ASSIGNED.exec(text) ?? []
      if (key.startsWith('license')) {
        licences = [...value.matchAll(TEXTS)].map(([, double, single]) => double ?? single ?? '')
      } else if (key !== '' && !spec.has(key)) {
        const [, double, single] = TEXT.exec(value) ?? []
        const said = double ?? single
        // What is worked out when it runs, as `"#{major}.0"`, is not known.
        if (said !== undefined && !said.includes('#{')) spec.set(key, said)
      }
      return undefined
    },
    end() {
      const platform = spec.get('platform')
      return installedPackage({
        type: 'gem',
        name: spec.get('name'),
        version: spec.get('version'),
        qualifiers: platform === 'ruby' ? {} : { platform },
        licences,
      })
    },
  })
}
