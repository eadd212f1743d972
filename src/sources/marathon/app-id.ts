import { usageError } from '../../model/errors.ts'

/**
 * The id of an app as Marathon allows it, for it becomes part of an address.
 *
 * @throws StellaError (usage) for what is none
 */
export function appId(text: string): string {
  const id = text.startsWith('/') ? text : `/${text}`
  if (/^(?:\/[a-z0-9]+(?:[.-]+[a-z0-9]+)*)+$/.test(id)) return id
  throw usageError(`${id.slice(0, 80)} is no app of Marathon`, null, 'write it as /GROUP/APP')
}
