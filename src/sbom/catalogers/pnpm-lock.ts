/**
 * `pnpm-lock.yaml` in its versions 5 to 9. Its names stand each on a line of its own, so that no more is held of it than one:
 * a tree of the whole is a hundred times as large as the file. What is needed only to develop is left out where it says so, which
 * version 9 no longer does. https://github.com/pnpm/spec/tree/master/lockfile
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, Found, StreamCatalog } from '../cataloger.ts'
import { isOfApplication } from '../languages/declared.ts'
import { declaredNpmPackage, nameAndVersion } from '../languages/npm.ts'
import { readLines } from '../languages/read.ts'

const MAX_LINE_BYTES = 64 * 1024
const OF_PNPM = /^ {4}(?:configDependencies|packageManagerDependencies):/

export const pnpmLock: Cataloger = {
  id: 'pnpm-lock',
  title: '`pnpm-lock.yaml`',
  version: 1,
  selects: { names: ['pnpm-lock.yaml'], accepts: isOfApplication },
  maxBytes: 64 * MIB,
  reads: 'stream',
  open,
}

interface Entry {
  key: string
  /** Stated where the key is an address. */
  name: string | null
  version: string | null
  isDev: boolean
}

function open(): StreamCatalog {
  let isInPackages = false
  /** A document before that of the application may hold what pnpm itself is made of. */
  let isOfPnpm = false
  let entry: Entry | null = null
  let last = ''
  const end = (): readonly Found[] => {
    const ended = entry
    entry = null
    if (ended === null || ended.isDev) return []
    const said = nameAndVersionOf(ended)
    // The same with other peers stands beside it.
    if (said === null || `${said.name}@${said.version}` === last) return []
    last = `${said.name}@${said.version}`
    return declaredNpmPackage(said)
  }
  return readLines(MAX_LINE_BYTES, {
    line(text) {
      if (/^\S/.test(text)) {
        const found = end()
        isInPackages = !isOfPnpm && text.startsWith('packages:')
        if (text.startsWith('---')) isOfPnpm = false
        return found
      }
      if (!isInPackages) {
        isOfPnpm ||= OF_PNPM.test(text)
        return undefined
      }
      const key = /^ {2}(?:\? )?(\S.*?):?$/.exec(text)?.[1]
      if (key !== undefined && key !== '') {
        const found = end()
        // The value of an empty entry stands on its line.
        const name = key.endsWith(': {}') ? key.slice(0, -': {}'.length) : key
        entry = { key: unquoted(name), name: null, version: null, isDev: false }
        return found
      }
      const [, field = '', value = ''] = /^ {4}(name|version|dev): (.+)$/.exec(text) ?? []
      if (entry === null) return undefined
      if (field === 'name') entry.name = unquoted(value)
      else if (field === 'version') entry.version = unquoted(value)
      else if (field === 'dev') entry.isDev = value === 'true'
      return undefined
    },
    end,
  })
}

/**
 * `/name/1.2.3_peers` (5), `/name@1.2.3(peers)` (6) or `name@1.2.3` (9); where it is of no registry, its address with a name
 * and a version in fields of their own.
 */
function nameAndVersionOf({ key, name, version }: Entry): { name: string; version: string } | null {
  const bare = key.split('(', 1)[0] ?? ''
  // Version 5 puts the host of another registry before it.
  const path = /^(?:[^/@]+(?=\/@|\/[^/]+\/\d))?\/(.+)$/.exec(bare)?.[1] ?? bare
  const old = /^((?:@[^/]+\/)?[^/@]+)\/(\d[^/_]*)(?:_.*)?$/.exec(path)
  const parts = old === null ? nameAndVersion(path) : { name: old[1] ?? '', version: old[2] ?? '' }
  if (name !== null || version !== null) {
    const stated = { name: name ?? parts?.name ?? '', version: version ?? parts?.version ?? '' }
    return stated.version.includes(':') ? null : stated
  }
  return parts === null || /[:/]/.test(parts.version) ? null : parts
}

function unquoted(text: string): string {
  const quoted = /^'(.*)'$|^"(.*)"$/.exec(text)
  return quoted === null ? text : (quoted[1] ?? quoted[2] ?? '').replaceAll("''", "'")
}
