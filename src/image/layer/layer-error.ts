/** The bytes of a layer are not what they should be. */
export class LayerError extends Error {
  override readonly name = 'LayerError'
  /** In the uncompressed layer, in bytes; null where the whole layer is meant. */
  readonly offset: number | null

  constructor(says: string, offset: number | null, options?: ErrorOptions) {
    super(says, options)
    this.offset = offset
  }
}
