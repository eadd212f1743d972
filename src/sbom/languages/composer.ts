/** Packages of Composer for PHP. https://getcomposer.org/doc/04-schema.md */
import { field } from '../../parsers/json-fields.ts'

/** What an entry of its files says; names are compared without regard to case. */
export function composerEntry(entry: unknown): {
  type: 'composer'
  namespace: string | null
  name: unknown
  version: unknown
  licences: readonly unknown[]
} {
  const stated = field(entry, 'name')
  const name = typeof stated === 'string' ? stated.toLowerCase() : ''
  const slash = name.indexOf('/')
  return {
    type: 'composer',
    namespace: slash < 1 ? null : name.slice(0, slash),
    name: name.slice(slash + 1),
    version: field(entry, 'version'),
    licences: [field(entry, 'license')].flat(),
  }
}
