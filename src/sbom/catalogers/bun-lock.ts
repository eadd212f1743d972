/**
 * `bun.lock`: JSON with commas after the last item. It does not say at a package whether it is needed only to develop.
 * https://bun.sh/docs/install/lockfile
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { isOfApplication } from '../languages/declared.ts'
import { wanted } from '../languages/json-places.ts'
import { declaredNpmPackage, nameAndVersion } from '../languages/npm.ts'
import { readJson } from '../languages/read.ts'

/** The first item of each names it, as `@scope/name@1.2.3`; the others are strings, or objects. */
const NAMES = wanted(['packages', '*', '[]'])
const MAX_ITEM_BYTES = 64 * 1024

export const bunLock: Cataloger = {
  id: 'bun-lock',
  title: '`bun.lock`',
  version: 1,
  selects: { names: ['bun.lock'], accepts: isOfApplication },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open() {
    let last = ''
    return readJson(NAMES, MAX_ITEM_BYTES, {
      value(value, [, key = '']) {
        if (key === last) return undefined
        last = key
        const said = typeof value === 'string' ? nameAndVersion(value) : null
        // `workspace:`, `file:` and addresses are of no registry.
        return said === null || /[:/]/.test(said.version) ? undefined : declaredNpmPackage(said)
      },
    })
  },
}
