/** The bytes of a layer are not what they should be. */
export class LayerError extends Error {
  override readonly name = 'LayerError'
  /** In the uncompressed layer, in bytes; null where the whole layer is meant. */
  readonly offset: number | null
  /** The next step. */
  readonly todo: string

  constructor(says: string, offset: number | null, options: ErrorOptions & { todo?: string } = {}) {
    super(says, options)
    this.offset = offset
    this.todo = options.todo ?? 'it was damaged or changed: get the image again'
  }
}
