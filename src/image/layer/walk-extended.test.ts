/** Extended records and sparse files that were made to be held, waited for or believed. */
import { expect, test } from 'vitest'
import { tarOf } from '../../../test/support/image-files.ts'
import { walkedFile, walkedStream } from '../../../test/support/walked.ts'

const FILE = tarOf([{ path: 'a', bytes: Buffer.from('body') }])
const TOLD = 'file a 4 230d8358dc8e'
const BLOCK = 512

/** Asked in both ways, which have to tell the same. */
async function walked(...parts: readonly Buffer[]): Promise<string[]> {
  const archive = Buffer.concat(parts)
  const lines = await walkedStream(archive, [10_000])
  expect(await walkedFile(archive)).toEqual(lines)
  return lines
}

/** A header of this kind with a body. */
function flagged(flag: string, body: string, size = body.length): Buffer {
  const padding = (BLOCK - (body.length % BLOCK)) % BLOCK
  const header = Buffer.from(tarOf([{ path: 'extended' }]).subarray(0, BLOCK))
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write(flag, 156)
  return Buffer.concat([summed(header), Buffer.from(body), Buffer.alloc(padding)])
}

function summed(header: Buffer): Buffer {
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const digits = String(rest.length + String(rest.length).length).length
  return `${rest.length + digits}${rest}`
}

test.each([
  ['9007199254740991', 'error: ends in the middle of an entry at 3072 near a'],
  ['9'.repeat(30), 'error: states a size that is none at 1024 near a'],
  ['-1', 'error: states a size that is none at 1024 near a'],
])('a record with the size %s is an error of its entry', async (size, error) => {
  expect((await walked(flagged('x', record('size', size)), FILE)).at(-1)).toBe(error)
})

test('an entry whose records are too long to be read is told and passed over', async () => {
  const comment = record('comment', 'x'.repeat(1024 * 1024))
  for (const flag of ['x', 'L', 'K']) {
    expect(await walked(flagged(flag, comment), FILE.subarray(0, 2 * BLOCK), FILE)).toEqual([
      `problem: an entry with a name or record of ${comment.length} bytes: a`,
      TOLD,
    ])
  }
  expect(await walked(flagged('g', comment), FILE)).toEqual([TOLD])
})

test('a record that is longer than the archive is an error', async () => {
  const [error] = await walked(flagged('x', '2000000016 path=', 2_000_000_016))
  expect(error).toBe('error: ends in the middle of an entry at 1024 near extended')
})

test('each record of a sparse file makes it one', async () => {
  for (const key of ['GNU.sparse.major', 'GNU.sparse.map', 'GNU.sparse.0001']) {
    expect(await walked(flagged('x', record(key, '1')), FILE)).toEqual([
      'file a 4 sparse 230d8358dc8e',
    ])
  }
  const named = flagged('x', record('GNU.sparse.name', 'true') + record('path', 'false'))
  expect(await walked(named, FILE)).toEqual(['file true 4 sparse 230d8358dc8e'])
})

test('a map of a sparse file in many blocks is passed over, whatever it says', async () => {
  const header = Buffer.from(FILE.subarray(0, BLOCK))
  header.write('S', 156)
  header[482] = 1
  const more = Buffer.alloc(BLOCK, 0xff)
  more[504] = 1
  const map = [...Array.from({ length: 1_000 }, () => more), Buffer.alloc(BLOCK)]
  const body = FILE.subarray(BLOCK, 2 * BLOCK)
  expect(await walked(summed(header), ...map, body, FILE)).toEqual([
    'file a 4 sparse 230d8358dc8e',
    TOLD,
  ])
  const [error] = await walked(header, ...map.slice(0, 9), more.subarray(0, 100))
  expect(error).toBe('error: ends in the middle of an entry at 5220 near a')
})
