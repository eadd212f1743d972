/**
 * SQLite, since RHEL 9 and Fedora 33: `rpmdb.sqlite`, of which one table is read from its beginning to its end.
 * https://www.sqlite.org/fileformat2.html
 */
import type { RandomFile } from '../cataloger.ts'
import { numbersOf } from './binary.ts'
import type { Damage, Record, RpmDatabase } from './record.ts'
import { columnsOf, varintAt } from './sqlite-row.ts'

const MAGIC = 'SQLite format 3\0'
const FILE_HEADER_BYTES = 100
/** The table that names the others. */
const SCHEMA_PAGE = 1
const TABLE = 'Packages'
/** Of `hnum` and `blob`. */
const BLOB_COLUMN = 1
/** Of `type`, `name`, `tbl_name`, `rootpage` and `sql`. */
const [SCHEMA_TYPE, SCHEMA_NAME, SCHEMA_ROOT] = [0, 1, 3]
const INTERIOR = 5
const LEAF = 13
/** A tree of 2^32 pages is not deeper. */
const MAX_DEPTH = 20
const NOTHING = new Uint8Array()

interface Pages {
  file: RandomFile
  pageBytes: number
  /** Less what some leave free at the end of each page. */
  usableBytes: number
  /** How many may still be read: each is in one place of one tree, so more than there are is a circle. */
  left: number
}

export const sqlite: RpmDatabase = {
  recognises: (beginning) => Buffer.from(beginning.subarray(0, 16)).toString('latin1') === MAGIC,

  *records(file) {
    const pages = pagesOf(file)
    if (pages === null) {
      yield { says: 'its pages have no valid size' }
      return
    }
    const root = rootOf(pages)
    if (root === null) {
      yield { says: `it has no table ${TABLE}` }
      return
    }
    for (const row of rows(pages, root)) {
      yield 'says' in row ? row : blobOf(row)
    }
    if (pages.left <= 0) yield { says: 'its pages go in a circle' }
  },
}

function pagesOf(file: RandomFile): Pages | null {
  const numbers = numbersOf(file.read(0, FILE_HEADER_BYTES), 'big')
  const stated = numbers.u16(16)
  const pageBytes = stated === 1 ? 65_536 : stated
  const usableBytes = pageBytes - numbers.u8(20)
  // The format's own limits.
  const isValid = pageBytes >= 512 && (pageBytes & (pageBytes - 1)) === 0 && usableBytes >= 480
  if (!isValid) return null
  return { file, pageBytes, usableBytes, left: Math.ceil(file.size / pageBytes) + 1 }
}

function rootOf(pages: Pages): number | null {
  for (const row of rows(pages, SCHEMA_PAGE)) {
    if ('says' in row) continue
    for (const piece of row) {
      const columns = columnsOf(piece)
      const isTable = columns?.text(SCHEMA_TYPE) === 'table' && columns.text(SCHEMA_NAME) === TABLE
      if (columns !== null && isTable) return columns.integer(SCHEMA_ROOT)
      // What names a table stands at the beginning.
      break
    }
  }
  return null
}

/** The payloads of a table's rows. */
function* rows(pages: Pages, page: number, depth = 0): Iterable<Record | Damage> {
  if (pages.left-- <= 0) return
  const offset = (page - 1) * pages.pageBytes
  const bytes = offset < 0 ? NOTHING : Uint8Array.from(pages.file.read(offset, pages.pageBytes))
  const numbers = numbersOf(bytes, 'big')
  const at = page === SCHEMA_PAGE ? FILE_HEADER_BYTES : 0
  const kind = numbers.u8(at)
  if (bytes.length < pages.pageBytes || (kind !== INTERIOR && kind !== LEAF) || depth > MAX_DEPTH) {
    yield { says: `page ${page} is none of a table` }
    return
  }
  const pointers = at + (kind === INTERIOR ? 12 : 8)
  const count = Math.min(numbers.u16(at + 3), Math.floor((pages.pageBytes - pointers) / 2))
  let used = pointers
  for (let cell = 0; cell < count && pages.left > 0; cell++) {
    const from = numbers.u16(pointers + 2 * cell)
    if (kind === INTERIOR) {
      yield* rows(pages, numbers.u32(from), depth + 1)
      continue
    }
    const row = cellAt(pages, bytes, from)
    used += row.here
    if (used > bytes.length) {
      yield { says: `rows of page ${page} overlap` }
      return
    }
    yield payload(pages, bytes, row)
  }
  if (kind === INTERIOR) yield* rows(pages, numbers.u32(at + 8), depth + 1)
}

interface Cell {
  payloadBytes: number
  /** Where in the page it begins, and how many bytes of it are there. */
  from: number
  here: number
}

/** "B-tree Cell Format": the length of the payload, the number of the row, as much as the page holds, and where the rest is. */
function cellAt(pages: Pages, page: Uint8Array, at: number): Cell {
  const length = varintAt(page, at)
  const from = varintAt(page, length.end).end
  return { payloadBytes: length.value, from, here: localBytes(length.value, pages.usableBytes) }
}

function* payload(pages: Pages, page: Uint8Array, cell: Cell): Record {
  const { from, here } = cell
  yield page.subarray(from, from + here)
  let missing = cell.payloadBytes - here
  let next = missing > 0 ? numbersOf(page, 'big').u32(from + here) : 0
  for (; next !== 0 && missing > 0 && pages.left > 0; pages.left--) {
    const bytes = pages.file.read((next - 1) * pages.pageBytes, pages.usableBytes)
    next = numbersOf(bytes, 'big').u32(0)
    const part = bytes.subarray(4, 4 + missing)
    missing -= part.length
    yield part
  }
}

function localBytes(payloadBytes: number, usableBytes: number): number {
  const most = usableBytes - 35
  if (payloadBytes <= most) return payloadBytes
  const least = Math.floor(((usableBytes - 12) * 32) / 255) - 23
  const fits = least + ((payloadBytes - least) % (usableBytes - 4))
  return fits <= most ? fits : least
}

/** The header in a row of the table of packages, which comes after the row's own. */
function* blobOf(row: Record): Record {
  let skipped = false
  for (const piece of row) {
    yield skipped ? piece : piece.subarray(columnsOf(piece)?.from(BLOB_COLUMN) ?? piece.length)
    skipped = true
  }
}
