/** `composer.lock`; what is needed only to develop stands in a list of its own, and is left out. */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../cataloger.ts'
import { composerEntry } from '../languages/composer.ts'
import { isOfApplication } from '../languages/declared.ts'
import { wanted } from '../languages/json-places.ts'
import { declaredPackage } from '../languages/package.ts'
import { readJson } from '../languages/read.ts'

const ENTRIES = wanted(['packages', '[]'])
const MAX_ENTRY_BYTES = MIB

export const composerLock: Cataloger = {
  id: 'composer-lock',
  title: '`composer.lock`',
  version: 1,
  selects: { names: ['composer.lock'], accepts: isOfApplication },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open: () =>
    readJson(ENTRIES, MAX_ENTRY_BYTES, { value: (entry) => declaredPackage(composerEntry(entry)) }),
}
