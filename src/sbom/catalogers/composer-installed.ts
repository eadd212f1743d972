/** What Composer has installed: `vendor/composer/installed.json`, a list in Composer 1 and an object with one in Composer 2. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { composerEntry } from '../languages/composer.ts'
import { wanted } from '../languages/json-places.ts'
import { installedPackage } from '../languages/package.ts'
import { readJson } from '../languages/read.ts'

const ENTRIES = wanted(['[]'], ['packages', '[]'])
const MAX_ENTRY_BYTES = MIB

export const composerInstalled: Cataloger = {
  id: 'composer-installed',
  title: '`vendor/composer/installed.json`',
  version: 1,
  selects: { names: ['installed.json'] },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open: () =>
    readJson(ENTRIES, MAX_ENTRY_BYTES, {
      value: (entry) => installedPackage(composerEntry(entry)),
    }),
}
