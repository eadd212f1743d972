/**
 * Takes the text out of a log that carries two streams (Engine API, "Stream format"): frames of one byte for the stream,
 * three zero bytes, a big-endian length, and the bytes. A frame that was cut gives what is there.
 */
export function demultiplex(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pieces: Uint8Array[] = []
  let at = 0
  while (at + HEADER_BYTES <= bytes.length) {
    if (!isHeader(view, at)) return bytes
    const start = at + HEADER_BYTES
    const end = start + view.getUint32(at + 4)
    pieces.push(bytes.subarray(start, end))
    at = end
  }
  return concatenated(pieces)
}

const HEADER_BYTES = 8

function isHeader(view: DataView, at: number): boolean {
  return view.getUint8(at) <= 2 && view.getUint16(at + 1) === 0 && view.getUint8(at + 3) === 0
}

function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
