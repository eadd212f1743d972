/** What a `package.json` says of the package that it lies in. */
import type { StreamCatalog } from '../cataloger.ts'
import { wanted } from './json-places.ts'
import { npmLicences, npmPackage } from './npm.ts'
import { readJson } from './read.ts'

/** These only: some programs put their whole text into this file. */
const FIELDS = wanted(['name'], ['version'], ['license'], ['licenses'])
const MAX_FIELD_BYTES = 64 * 1024

/** One that has a name and a version is a package; many say no more than how the files beside them are to be run. */
export function npmManifest(): StreamCatalog {
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
