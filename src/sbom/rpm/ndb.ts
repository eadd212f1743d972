/** rpm's own database, of SUSE: `Packages.db`. rpm's lib/backend/ndb/rpmpkg.c */
import type { RandomFile } from '../cataloger.ts'
import { numbersOf } from './binary.ts'
import type { RpmDatabase } from './record.ts'

const HEADER_MAGIC = magic('RpmP')
const SLOT_MAGIC = magic('Slot')
const BLOB_MAGIC = magic('BlbS')
const PAGE_BYTES = 4096
const SLOT_BYTES = 16
const BLOCK_BYTES = 16
const BLOB_HEAD_BYTES = 16
/** The header stands where the first two slots would. */
const FIRST_SLOT = 2
const PIECE_BYTES = 64 * 1024

export const ndb: RpmDatabase = {
  recognises: (beginning) => numbersOf(beginning, 'little').u32(0) === HEADER_MAGIC,

  *records(file) {
    const slotPages = numbersOf(file.read(0, 32), 'little').u32(12)
    const slotsEnd = Math.min(slotPages * PAGE_BYTES, file.size)
    // What blobs may hold together: in a sound database none shares its bytes with another.
    let room = file.size
    for (let page = 0; page < slotsEnd; page += PAGE_BYTES) {
      const slots = numbersOf(Uint8Array.from(file.read(page, PAGE_BYTES)), 'little')
      for (let at = page === 0 ? FIRST_SLOT * SLOT_BYTES : 0; at < PAGE_BYTES; at += SLOT_BYTES) {
        const index = slots.u32(at + 4)
        if (slots.u32(at) !== SLOT_MAGIC || index === 0) continue
        const offset = slots.u32(at + 8) * BLOCK_BYTES
        const head = numbersOf(file.read(offset, BLOB_HEAD_BYTES), 'little')
        const length = head.u32(12)
        const from = offset + BLOB_HEAD_BYTES
        room -= length
        if (head.u32(0) !== BLOB_MAGIC || head.u32(4) !== index || from + length > file.size) {
          yield { says: `record ${index} is not where the index says` }
        } else if (room < 0) {
          yield { says: 'records overlap' }
          return
        } else {
          yield pieces(file, from, length)
        }
      }
    }
  },
}

function* pieces(file: RandomFile, from: number, length: number): Iterable<Uint8Array> {
  for (let at = 0; at < length; at += PIECE_BYTES) {
    yield file.read(from + at, Math.min(PIECE_BYTES, length - at))
  }
}

function magic(letters: string): number {
  return numbersOf(Buffer.from(letters), 'little').u32(0)
}
