/** Archives of real programs, walked as streams and as files. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf, noise, tarOf } from '../../../test/support/image-files.ts'
import { walkedFile, walkedStream } from '../../../test/support/walked.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-tar-'))
const FILES = join(FOLDER, 'files')
const BODY = noise(3_000, 5)
const LONG = `${'long/'.repeat(24)}${'x'.repeat(140)}`
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

beforeAll(() => {
  mkdirSync(join(FILES, 'folder'), { recursive: true })
  writeFileSync(join(FILES, 'folder/file'), BODY)
  writeFileSync(join(FILES, 'folder/empty'), '')
  writeFileSync(join(FILES, 'folder/block'), noise(512, 6))
  symlinkSync('../folder/file', join(FILES, 'folder/link'))
  linkSync(join(FILES, 'folder/file'), join(FILES, 'other'))
})

/** Asked in both ways, which have to tell the same. */
async function walked(archive: Buffer): Promise<string[]> {
  const lines = await walkedStream(archive, [10_000])
  expect(await walkedFile(archive)).toEqual(lines)
  return lines
}

function made(program: string, ...args: string[]): Buffer {
  const path = join(FOLDER, 'archive.tar')
  rmSync(path, { force: true })
  execFileSync(
    program,
    args.map((arg) => arg.replace('ARCHIVE', path)),
    { cwd: FILES },
  )
  return readFileSync(path)
}

const body = (bytes: Buffer): string => digestOf(bytes).slice(7, 19)
const SIMPLE = [
  'folder folder 0',
  `file folder/block 512 ${body(noise(512, 6))}`,
  'file folder/empty 0',
  `file folder/file 3000 ${body(BODY)}`,
  'symbolic-link folder/link 0 -> ../folder/file',
  'hard-link other 0 -> folder/file',
]
const MEMBERS = ['folder/block', 'folder/empty', 'folder/file', 'folder/link', 'other']
const python = (format: string): string[] => [
  '-c',
  `import sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.${format}_FORMAT) as t:
    t.add("folder", recursive=False)
    for name in sys.argv[2:]: t.add(name, recursive=False)`,
  'ARCHIVE',
  ...MEMBERS,
]
const gnu = (...more: string[]): string[] => [
  '--no-recursion',
  ...more,
  '-cf',
  'ARCHIVE',
  'folder',
  ...MEMBERS,
]

describe('archives of every kind hold the same', () => {
  test.each([
    ...['v7', 'oldgnu', 'gnu', 'ustar', 'pax'].map(
      (form) => ['tar', gnu(`--format=${form}`)] as const,
    ),
    ...['gnutar', 'pax', 'ustar', 'v7'].map(
      (form) =>
        ['bsdtar', ['-n', '--format', form, '-cf', 'ARCHIVE', 'folder', ...MEMBERS]] as const,
    ),
    ...['USTAR', 'GNU', 'PAX'].map((form) => ['/usr/bin/python3', python(form)] as const),
  ])('%s %j', async (program, args) => {
    expect(await walked(made(program, ...args))).toEqual(SIMPLE)
  })
})

test('long names and links are whole', async () => {
  const path = join(FILES, LONG)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, BODY)
  symlinkSync(LONG, join(FILES, 'far'))
  const expected = [`file ${LONG} 3000 ${body(BODY)}`, `symbolic-link far 0 -> ${LONG}`]
  for (const form of ['gnu', 'pax', 'oldgnu']) {
    expect(await walked(made('tar', `--format=${form}`, '-cf', 'ARCHIVE', LONG, 'far'))).toEqual(
      expected,
    )
  }
  expect(await walked(made('bsdtar', '--format', 'pax', '-cf', 'ARCHIVE', LONG, 'far'))).toEqual(
    expected,
  )
})

test('sparse files are known as such, and what follows them is whole', async () => {
  const descriptor = openSync(join(FILES, 'holes'), 'w')
  for (let at = 0; at < 60; at++) writeSync(descriptor, 'data', at * 65_536)
  closeSync(descriptor)
  for (const form of [
    'gnu',
    'oldgnu',
    'pax --sparse-version=0.0',
    'pax --sparse-version=0.1',
    'pax --sparse-version=1.0',
  ]) {
    const args = ['-S', ...`--format=${form}`.split(' '), '-cf', 'ARCHIVE', 'holes', 'folder/file']
    const lines = await walked(made('tar', ...args))
    expect(lines[0]).toMatch(/^file holes \d+ sparse /)
    expect(lines.slice(1)).toEqual([`file folder/file 3000 ${body(BODY)}`])
  }
})

test('sizes in base 256 and negative ones', async () => {
  const archive = tarOf([{ path: 'a', bytes: BODY }])
  const based = withField(archive, 124, Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b, 0xb8]))
  expect(await walked(based)).toEqual([`file a 3000 ${body(BODY)}`])
  const huge = withField(
    archive,
    124,
    Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]),
  )
  expect((await walked(huge)).at(-1)).toBe('error: ends in the middle of an entry at 4608 near a')
  const negative = withField(archive, 124, Buffer.alloc(12, 0xff))
  expect(await walked(negative)).toEqual(['error: is no header of a tar archive at 0'])
})

test('a global header changes nothing, and neither does an empty record', async () => {
  const extended = (flag: string, text: string): Buffer => {
    const header = tarOf([{ path: 'pax', bytes: Buffer.from(text) }]).subarray(0, 1024)
    return withField(Buffer.from(header), 156, Buffer.from(flag))
  }
  const file = tarOf([{ path: 'a', bytes: BODY }])
  const lines = [`file a 3000 ${body(BODY)}`]
  expect(await walked(Buffer.concat([extended('g', '18 comment=a commit\n'), file]))).toEqual(lines)
  expect(await walked(Buffer.concat([extended('g', '12 path=evil\n'), file]))).toEqual(lines)
  expect(await walked(Buffer.concat([extended('x', '8 path=\n'), file]))).toEqual(lines)
  expect(await walked(Buffer.concat([extended('x', '10 path=b\n'), file]))).toEqual([
    `file b 3000 ${body(BODY)}`,
  ])
})

test('what stands behind the end is not read', async () => {
  const one = tarOf([{ path: 'a', bytes: BODY }])
  const two = tarOf([{ path: 'b', bytes: BODY }])
  expect(await walked(Buffer.concat([one, two, Buffer.from('rubbish')]))).toEqual([
    `file a 3000 ${body(BODY)}`,
  ])
})

test('an archive without its end is whole, and one that is cut in an entry is not', async () => {
  const archive = tarOf([{ path: 'a', bytes: BODY }])
  const lines = [`file a 3000 ${body(BODY)}`]
  expect(await walked(archive.subarray(0, -1024))).toEqual(lines)
  expect(await walked(archive.subarray(0, 512 + 3000))).toEqual(lines)
  expect(await walked(Buffer.alloc(0))).toEqual([])
  expect((await walked(archive.subarray(0, 512 + 2999))).at(-1)).toBe(
    'error: ends in the middle of an entry at 3511 near a',
  )
  expect(await walked(archive.subarray(0, 100))).toEqual([
    'error: ends in the middle of an entry at 100',
  ])
})

test('names that lead outside are told and passed over', async () => {
  const archive = tarOf([
    { path: '../etc/passwd', bytes: BODY },
    { path: 'a/../../b', bytes: BODY },
    { path: '/c//./d', bytes: BODY },
  ])
  expect(await walked(archive)).toEqual([
    'problem: an entry that points outside: ../etc/passwd',
    'problem: an entry that points outside: a/../../b',
    `file c/d 3000 ${body(BODY)}`,
  ])
})

test('a name that no Linux can open is told and passed over', async () => {
  const name = 'n/'.repeat(2_100)
  const record = `path=${name}a\n`
  const text = `${record.length + 5} ${record}`
  const header = withField(
    Buffer.from(tarOf([{ path: 'pax', bytes: Buffer.from(text) }]).subarray(0, 512 * 10)),
    156,
    Buffer.from('x'),
  )
  const archive = Buffer.concat([
    header,
    tarOf([
      { path: 'a', bytes: BODY },
      { path: 'b', bytes: BODY },
    ]),
  ])
  expect(await walked(archive)).toEqual([
    expect.stringMatching(/^problem: an entry whose name is too long for Linux: n\/n\//),
    `file b 3000 ${body(BODY)}`,
  ])
})

test('archives tell the same in any pieces, whole, cut and damaged', async () => {
  const archive = made('tar', ...gnu('--format=pax'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 }),
      fc.nat(archive.length),
      fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 3 }),
      async (sizes, length, changes) => {
        const bytes = Buffer.from(archive.subarray(0, length))
        for (const [at, byte] of changes) if (at < length) bytes[at] = byte
        expect(await walkedFile(bytes)).toEqual(await walkedStream(bytes, sizes))
      },
    ),
    { numRuns: 150 },
  )
})

/** Changes a field of the first header, and its checksum. */
function withField(archive: Buffer, offset: number, bytes: Buffer): Buffer {
  bytes.copy(archive, offset)
  archive.write('        ', 148)
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return archive
}
