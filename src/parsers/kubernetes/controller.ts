import { booleanField, listField, textField } from '../json-fields.ts'

/** What made an object, and makes another where it goes. */
export interface Controller {
  apiVersion: string
  kind: string
  name: string
  uid: string | null
}

const MAX_OWNERS = 50

/** The one owner that acts on an object of the API; null: nobody does. */
export function controllerOf(object: unknown): Controller | null {
  for (const owner of listField(object, MAX_OWNERS, 'metadata', 'ownerReferences')) {
    const kind = textField(owner, 'kind')
    const name = textField(owner, 'name')
    if (booleanField(owner, 'controller') !== true || kind === null || name === null) continue
    const apiVersion = textField(owner, 'apiVersion') ?? ''
    return { apiVersion, kind, name, uid: textField(owner, 'uid') }
  }
  return null
}
