/**
 * `yarn.lock`, as Yarn 1 writes it and as those after it do: both are lines of blocks, the later ones also YAML. It does not say
 * what is needed only to develop. https://classic.yarnpkg.com/lang/en/docs/yarn-lock/
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, Found, StreamCatalog } from '../cataloger.ts'
import { isOfApplication } from '../languages/declared.ts'
import { declaredNpmPackage } from '../languages/npm.ts'
import { readLines } from '../languages/read.ts'

/** The first line of a block names each range that somebody asked for. */
const MAX_LINE_BYTES = 64 * 1024
/** What of `resolution: "@scope/name@npm:1.2.3"` is from a registry, as it is or with a patch. */
const RESOLVED = /^((?:@[^@/]+\/)?[^@/]+)@(?:npm|patch):/
/** The end of an address before `/-/`, as of `https://host/@scope/name/-/name-1.2.3.tgz`. */
const NAME_IN_ADDRESS = /\/((?:@[^/]+(?:\/|%2f))?[^/@%]+)$/i
const MAX_ADDRESS = 2_000
/** `lodash@^4.17.0` and, by another name, `mine@npm:lodash@^4`. */
const ASKED = /^(?:(?:@[^@/]+\/)?[^@/]+@npm:)?((?:@[^@/",]+\/)?[^@/",]+)/
/** What is from no registry, and what Yarn says of the file itself. */
const IS_OTHER = /^(?:@[^@/]+\/)?[^@/]+@(?:file|link|portal|workspace):|^__metadata$/

export const yarnLock: Cataloger = {
  id: 'yarn-lock',
  title: '`yarn.lock`',
  version: 1,
  selects: { names: ['yarn.lock'], accepts: isOfApplication },
  maxBytes: 64 * MIB,
  reads: 'stream',
  open,
}

interface Block {
  /** Of its first line: the name that it is asked for by. */
  asked: string
  version: string
  /** Yarn 2 and later: what it is, as `lodash@npm:4.17.21`. */
  resolution: string | null
  /** Yarn 1: where it is from. */
  resolved: string | null
}

function open(): StreamCatalog {
  let block: Block | null = null
  const end = (): readonly Found[] => {
    const ended = block
    block = null
    return ended === null ? [] : packageOf(ended)
  }
  return readLines(MAX_LINE_BYTES, {
    line(text) {
      if (text === '' || text.startsWith('#')) return undefined
      // A name of more than 1024 characters is written as `? "…"`, and its colon on the next line.
      if (!text.startsWith(' ') && text !== ':') {
        const found = end()
        block = {
          asked: unquoted(text.replace(/^\? /, '')),
          version: '',
          resolution: null,
          resolved: null,
        }
        return found
      }
      const match = /^ {2}"?(version|resolution|resolved)"?:? (.+)$/.exec(text)
      if (match === null || block === null) return undefined
      const [, key = '', value = ''] = match
      if (key === 'version') block.version = unquoted(value)
      else if (key === 'resolution') block.resolution = unquoted(value)
      else block.resolved = unquoted(value)
      return undefined
    },
    end,
  })
}

function packageOf({ asked, version, resolution, resolved }: Block): readonly Found[] {
  if (resolution !== null)
    return declaredNpmPackage({ name: RESOLVED.exec(resolution)?.[1], version })
  if (IS_OTHER.test(asked)) return []
  return declaredNpmPackage({
    name: nameInAddress(resolved ?? '') ?? ASKED.exec(asked)?.[1],
    version,
  })
}

function nameInAddress(address: string): string | undefined {
  const end = address.indexOf('/-/')
  if (end === -1 || end > MAX_ADDRESS) return undefined
  return NAME_IN_ADDRESS.exec(address.slice(0, end))?.[1]?.replace(/%2f/i, '/')
}

function unquoted(text: string): string {
  const trimmed = text.trim()
  return trimmed.startsWith('"') ? trimmed.slice(1).replace(/":?$/, '') : trimmed.replace(/:$/, '')
}
