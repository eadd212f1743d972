/** Where in JSON the values stand that are wanted. */

/** Names of fields from the outside in; `*` stands for any field, `[]` for any item of an array. */
type Place = readonly string[]

const ANY_FIELD = '*'
export const ANY_ITEM = '[]'

/** Places that are ready to be looked for. */
export interface Wanted {
  root: Want
}

export interface Want {
  isPicked: boolean
  fields: Map<string, Want>
  /** How long the names of these fields are: others need not be looked at. */
  lengths: Set<number>
  any: Want | null
  items: Want | null
}

/** Makes places ready to be looked for, once for all files of a kind. */
export function wanted(...places: readonly Place[]): Wanted {
  const root = nothing()
  for (const place of places) {
    let want = root
    for (const name of place) want = within(want, name)
    want.isPicked = true
  }
  return { root }
}

function within(want: Want, name: string): Want {
  if (name === ANY_FIELD) return (want.any ??= nothing())
  if (name === ANY_ITEM) return (want.items ??= nothing())
  const next = want.fields.get(name) ?? nothing()
  want.fields.set(name, next)
  want.lengths.add(Buffer.byteLength(name))
  return next
}

function nothing(): Want {
  return { isPicked: false, fields: new Map(), lengths: new Set(), any: null, items: null }
}
