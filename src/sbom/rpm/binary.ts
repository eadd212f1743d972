/** Numbers in bytes that may end too early: what is not there is zero, which is valid nowhere that it matters. */
export interface Numbers {
  u8(at: number): number
  u16(at: number): number
  u32(at: number): number
}

export type ByteOrder = 'little' | 'big'

export function numbersOf(bytes: Uint8Array, order: ByteOrder): Numbers {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const isLittle = order === 'little'
  const has = (at: number, size: number): boolean => at >= 0 && at + size <= bytes.length
  return {
    u8: (at) => (has(at, 1) ? view.getUint8(at) : 0),
    u16: (at) => (has(at, 2) ? view.getUint16(at, isLittle) : 0),
    u32: (at) => (has(at, 4) ? view.getUint32(at, isLittle) : 0),
  }
}
