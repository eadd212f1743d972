import { usageError } from '../../model/errors.ts'
/** The bytes of a layer are not what they should be. */
export class LayerError extends Error {
  override readonly name = 'LayerError'
  /** In the uncompressed layer, in bytes; null where the whole layer is meant. */
  readonly offset: number | null
  /** The name of the entry that was begun last; null where there was none, or the whole layer is meant. */
  readonly entry: string | null
  /** The next step. */
  readonly todo: string

  constructor(
    says: string,
    offset: number | null,
    options: ErrorOptions & { entry?: string | null; todo?: string } = {},
  ) {
    super(says, options)
    this.offset = offset
    this.entry = options.entry ?? null
    this.todo = options.todo ?? 'it was damaged or changed: get the image again'
  }
}

/** The same with the entry that was begun last, where it is the error of a place in a layer; others stay as they are. */
export function atEntry(error: unknown, entry: string | null): unknown {
  if (!(error instanceof LayerError) || error.offset === null || entry === null) return error
  const { message, offset, todo, cause } = error
  return new LayerError(message, offset, { entry, todo, cause })
}

/** An error that names the layer, and the place in it. */
export function named(error: unknown, what: string): unknown {
  if (!(error instanceof LayerError)) return error
  const at = error.offset === null ? '' : `, at byte ${error.offset} of its tar`
  const near = error.entry === null ? '' : `, near ${error.entry}`
  return usageError(`it ${error.message}${at}${near}`, what, error.todo)
}
