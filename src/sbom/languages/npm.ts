/** Packages of npm, by whatever they were installed. https://docs.npmjs.com/cli/v11/configuring-npm/package-json */
import { isRecord } from '../../parsers/json-fields.ts'
import type { Found } from '../cataloger.ts'
import { declaredPackage, installedPackage, word } from './package.ts'

/** Old packages have capital letters. */
const NAME = /^(?:(@[A-Za-z0-9._~-]+)\/)?([A-Za-z0-9._~!'()*-]+)$/

interface Stated {
  name: unknown
  version: unknown
  licences?: readonly unknown[]
}

export function npmPackage(stated: Stated): readonly Found[] {
  const parts = nameParts(stated.name)
  return parts === null ? [] : installedPackage({ ...stated, ...parts, type: 'npm' })
}

/** The same, of a lock file. */
export function declaredNpmPackage(stated: Stated): readonly Found[] {
  const parts = nameParts(stated.name)
  return parts === null ? [] : declaredPackage({ ...stated, ...parts, type: 'npm' })
}

function nameParts(value: unknown): { namespace: string | null; name: string } | null {
  const match = NAME.exec(word(value) ?? '')
  return match === null ? null : { namespace: match[1] ?? null, name: match[2] ?? '' }
}

/**
 * What the fields `license` and `licenses` name in all shapes they have had: a text, `{ type, url }`, and arrays of both.
 * https://docs.npmjs.com/cli/v11/configuring-npm/package-json#license
 */
export function npmLicences(...fields: readonly unknown[]): unknown[] {
  return fields.flat().map((licence) => {
    if (!isRecord(licence)) return licence
    return licence['type'] ?? licence['name'] ?? licence['url']
  })
}

/** Name and version out of `@scope/name@1.2.3`; null where there are not both. */
export function nameAndVersion(text: string): { name: string; version: string } | null {
  const at = text.lastIndexOf('@')
  return at < 1 ? null : { name: text.slice(0, at), version: text.slice(at + 1) }
}
