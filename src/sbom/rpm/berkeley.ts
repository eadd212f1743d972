/** Berkeley DB with a hash, until RHEL 8 and Amazon Linux 2: `Packages`. Berkeley DB's dbinc/db_page.h */
import type { RandomFile } from '../cataloger.ts'
import { type ByteOrder, numbersOf } from './binary.ts'
import type { Damage, Record, RpmDatabase } from './record.ts'

const HASH_MAGIC = 0x061561
const META_BYTES = 72
/** Of a page, before its index. */
const HEAD_BYTES = 26
const MIN_PAGE_BYTES = 512
const MAX_PAGE_BYTES = 64 * 1024

const PAGE_TYPES_OF_HASH = new Set([2, 13])
const PAGE_TYPE_OVERFLOW = 7
const ITEM_INLINE = 1
const ITEM_ELSEWHERE = 3
const COUNTER_BYTES = 4

interface Pages {
  file: RandomFile
  order: ByteOrder
  pageBytes: number
  /** How many may still be followed: each belongs to one record, so more than there are is a circle. */
  left: number
}

export const berkeley: RpmDatabase = {
  recognises: (beginning) => orderOf(beginning) !== null,

  *records(file) {
    const meta = file.read(0, META_BYTES)
    const order = orderOf(meta)
    if (order === null) return
    const numbers = numbersOf(meta, order)
    const pageBytes = numbers.u32(20)
    if (pageBytes < MIN_PAGE_BYTES || pageBytes > MAX_PAGE_BYTES) {
      yield { says: `pages of ${pageBytes} bytes` }
      return
    }
    if (numbers.u8(24) !== 0) {
      yield { says: 'it is encrypted' }
      return
    }
    const pages: Pages = { file, order, pageBytes, left: Math.ceil(file.size / pageBytes) }
    for (let at = pageBytes; at + HEAD_BYTES <= file.size; at += pageBytes) {
      if (!PAGE_TYPES_OF_HASH.has(numbersOf(file.read(at, HEAD_BYTES), order).u8(25))) continue
      yield* recordsOfPage(pages, Uint8Array.from(file.read(at, pageBytes)))
    }
  },
}

/** Databases may come from machines of the other byte order. */
function orderOf(beginning: Uint8Array): ByteOrder | null {
  if (numbersOf(beginning, 'little').u32(12) === HASH_MAGIC) return 'little'
  return numbersOf(beginning, 'big').u32(12) === HASH_MAGIC ? 'big' : null
}

/** The index names keys and values in turn; they fill the page from its end. */
function* recordsOfPage(pages: Pages, page: Uint8Array): Iterable<Record | Damage> {
  const numbers = numbersOf(page, pages.order)
  const count = Math.min(numbers.u16(20), Math.floor((page.length - HEAD_BYTES) / 2))
  let end = page.length
  for (let item = 0; item < count; item++) {
    const from = numbers.u16(HEAD_BYTES + 2 * item)
    if (from > end) {
      yield { says: 'the index of a page is out of order' }
      return
    }
    const isValue = item % 2 === 1
    const type = numbers.u8(from)
    if (isValue && type === ITEM_ELSEWHERE) yield overflow(pages, numbers.u32(from + 4))
    // The first one counts the packages.
    const isCounter = end - from <= 1 + COUNTER_BYTES
    if (isValue && type === ITEM_INLINE && !isCounter) yield [page.subarray(from + 1, end)]
    end = from
  }
}

function* overflow(pages: Pages, first: number): Record {
  for (let page = first; page !== 0 && pages.left > 0; pages.left--) {
    const bytes = pages.file.read(page * pages.pageBytes, pages.pageBytes)
    const numbers = numbersOf(bytes, pages.order)
    if (numbers.u8(25) !== PAGE_TYPE_OVERFLOW) return
    page = numbers.u32(16)
    yield bytes.subarray(HEAD_BYTES, HEAD_BYTES + numbers.u16(22))
  }
}
