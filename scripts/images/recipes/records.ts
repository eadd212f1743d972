import type { Recipe } from '../image.ts'
import { npmPackage } from '../packages.ts'
import { flaggedHeader, summed } from '../tar.ts'
import type { Entry, LongBody } from '../tar.ts'
import { BEHIND, HAS_BEHIND, MIB, hostile, repeated } from './hostile-image.ts'

const BLOCK = 512
/** As large as a record may be to be read. */
const MANY = Math.floor(MIB / '24 GNU.sparse.00000000=\n'.length)

/** Extended records of tar that were made to be held, waited for or believed. */
export const RECORDS = {
  'hostile-record-size': hostile('a record with a size of 8 PiB', () => [
    npmPackage('srv', 'first', '1.0.0'),
    extended('x', text(record('size', String(Number.MAX_SAFE_INTEGER)))),
    { path: 'opt/large.bin', body: 'small' },
  ]),
  'hostile-record-no-size': hostile('a record with a size that is no number', () => [
    npmPackage('srv', 'first', '1.0.0'),
    extended('x', text(record('size', '9'.repeat(400)))),
    { path: 'opt/large.bin', body: 'small' },
  ]),
  'hostile-record-path': hostile(
    'a path of 2 GB',
    () => [
      extended('x', repeated('2000000016 path=', 2_000_000_016)),
      npmPackage('srv', 'passed-over', '1.0.0'),
      BEHIND,
    ],
    { packages: HAS_BEHIND },
  ),
  'hostile-records': hostile(
    'ten million records before one entry',
    function* () {
      for (let header = 0; header * MANY < 10_000_000; header++) {
        yield extended('x', sparseRecords(header * MANY))
      }
      yield { path: 'opt/sparse.bin', body: 'small' }
      yield BEHIND
    },
    { packages: HAS_BEHIND },
  ),
  'hostile-sparse': hostile(
    'a sparse file with a map of 1 GiB',
    () => [sparse('srv/node_modules/sparse/package.json', 2 * 1024 * 1024), BEHIND],
    { packages: HAS_BEHIND },
  ),
} as const satisfies Readonly<Record<string, Recipe>>

function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const short = rest.length + String(rest.length).length
  return `${rest.length + String(short).length}${rest}`
}

function text(records: string): LongBody {
  return { bytes: records.length, chunks: () => [Buffer.from(records)] }
}

/** Each with a key of its own. */
function sparseRecords(first: number): LongBody {
  let all = ''
  for (let at = first; at < first + MANY; at++) {
    all += record(`GNU.sparse.${String(at).padStart(8, '0')}`, '')
  }
  return text(all)
}

/** A header with records for the entry behind it. */
function extended(flag: 'x' | 'g', records: LongBody): Entry {
  const path = 'PaxHeaders/0'
  const padding = (BLOCK - (records.bytes % BLOCK)) % BLOCK
  return {
    path,
    kind: 'raw',
    blocks: {
      bytes: BLOCK + records.bytes + padding,
      *chunks() {
        yield flaggedHeader({ path, body: records }, flag)
        yield* records.chunks()
        yield Buffer.alloc(padding)
      },
    },
  }
}

/** As old GNU tar writes it, with so many blocks of its map. tar(5), "GNU tar archives" */
function sparse(path: string, mapBlocks: number): Entry {
  const isExtended = { header: 482, map: 504 } as const
  return {
    path,
    kind: 'raw',
    blocks: {
      bytes: (1 + mapBlocks) * BLOCK,
      *chunks() {
        const header = flaggedHeader({ path, body: '' }, 'S')
        header[isExtended.header] = 1
        yield summed(header)
        const map = Buffer.alloc(BLOCK)
        map[isExtended.map] = 1
        const many = Buffer.concat(Array.from({ length: 2048 }, () => map))
        let left = mapBlocks - 1
        for (; left >= 2048; left -= 2048) yield many
        yield many.subarray(0, left * BLOCK)
        yield Buffer.alloc(BLOCK)
      },
    },
  }
}
