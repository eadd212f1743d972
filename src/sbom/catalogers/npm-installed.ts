/**
 * `package.json`: of packages in node_modules, wherever that lies, and of applications. Many say no more than how the files
 * beside them are to be run; one that has a name and a version is a package.
 */
import { MIB } from '../../model/bytes.ts'
import type { Cataloger, StreamCatalog } from '../cataloger.ts'
import { wanted } from '../languages/json-places.ts'
import { npmLicences, npmPackage } from '../languages/npm.ts'
import { readJson } from '../languages/read.ts'

/** These only: some programs put their whole text into this file. */
const FIELDS = wanted(['name'], ['version'], ['license'], ['licenses'])
const MAX_FIELD_BYTES = 64 * 1024

export const npmInstalled: Cataloger = {
  id: 'npm-installed',
  version: 1,
  selects: { names: ['package.json'] },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open,
}

/** What a `package.json` says. */
function open(): StreamCatalog {
  const fields = new Map<string, unknown>()
  return readJson(FIELDS, MAX_FIELD_BYTES, {
    value(value, [field = '']) {
      fields.set(field, value)
      return undefined
    },
    end: () =>
      npmPackage({
        name: fields.get('name'),
        version: fields.get('version'),
        licences: npmLicences(fields.get('license'), fields.get('licenses')),
      }),
  })
}
