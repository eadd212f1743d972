export interface SpareBuffer {
  /** The same as before if nobody has it, or else another. */
  take(): Buffer
  giveBack(buffer: Buffer): void
}

/**
 * For what is needed again and again, one after another: buffers that are made anew each time pile up by tens of
 * megabytes until they are collected.
 */
export function createSpareBuffer(bytes: number): SpareBuffer {
  let spare: Buffer | null = null
  return {
    take() {
      const buffer = spare ?? Buffer.allocUnsafe(bytes)
      spare = null
      return buffer
    },
    giveBack(buffer) {
      spare = buffer
    },
  }
}
