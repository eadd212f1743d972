/**
 * `package-lock.json` of npm in its versions 1 to 3, and `npm-shrinkwrap.json`, which is the same. What is needed only to
 * develop is left out. https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
 */
import { MIB } from '../../model/bytes.ts'
import { field, isRecord, textField } from '../../parsers/json-fields.ts'
import type { Cataloger, Found, StreamCatalog } from '../cataloger.ts'
import { isOfApplication } from '../languages/declared.ts'
import { wanted } from '../languages/json-places.ts'
import { declaredNpmPackage, nameAndVersion, npmLicences } from '../languages/npm.ts'
import { readJson } from '../languages/read.ts'

const FIELDS = wanted(['packages', '*'], ['dependencies', '*'])
/** In version 1 a dependency holds those that are installed below it. */
const MAX_DEPENDENCY_BYTES = MIB
const FOLDER = 'node_modules/'

export const npmLock: Cataloger = {
  id: 'npm-lock',
  title: '`package-lock.json` and `npm-shrinkwrap.json`',
  version: 1,
  selects: { names: ['package-lock.json', 'npm-shrinkwrap.json'], accepts: isOfApplication },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open,
}

function open(): StreamCatalog {
  /** Version 2 says all twice; the new way stands before the old one. */
  let isNew = false
  return readJson(FIELDS, MAX_DEPENDENCY_BYTES, {
    value(value, [list, key = '']) {
      if (list === 'packages') {
        isNew = true
        return packageAt(key, value)
      }
      return isNew ? [] : dependencies(key, value)
    },
  })
}

/** Versions 2 and 3: by the folder. The application and its workspaces have a `package.json` of their own. */
function packageAt(path: string, entry: unknown): readonly Found[] {
  const at = path.lastIndexOf(FOLDER)
  if (at === -1 || isLeftOut(entry) || field(entry, 'link') === true) return []
  return declaredNpmPackage({
    // Only where it is installed by another name than its own.
    name: textField(entry, 'name') ?? path.slice(at + FOLDER.length),
    version: field(entry, 'version'),
    licences: npmLicences(field(entry, 'license')),
  })
}

/** Version 1: by the name, and nested. */
function dependencies(first: string, entry: unknown): readonly Found[] {
  const found: Found[] = []
  const left: [string, unknown][] = [[first, entry]]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [name, dependency] = next
    const version = textField(dependency, 'version')
    const nested = field(dependency, 'dependencies')
    if (isRecord(nested)) left.push(...Object.entries(nested).toReversed())
    if (isLeftOut(dependency) || version === null) continue
    found.push(...declaredNpmPackage(aliased(name, version)))
  }
  return found
}

/** `npm:name@1.2.3` stands where it is installed by another name; an address where it is of no registry. */
function aliased(name: string, version: string): { name: string; version: string } {
  const alias = version.startsWith('npm:') ? nameAndVersion(version.slice('npm:'.length)) : null
  return alias ?? { name, version: version.includes(':') ? '' : version }
}

const isLeftOut = (entry: unknown): boolean => field(entry, 'dev') === true
