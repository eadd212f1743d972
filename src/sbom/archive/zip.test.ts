import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inMemory } from '../../../test/support/cataloged.ts'
import { requireParts } from '../../../test/support/parts.ts'
import { zipOf } from '../../../test/support/zip-writer.ts'
import type { RandomFile } from '../cataloger.ts'
import { zipBeginning, zipContent, zipRange, ZipStream } from './zip-content.ts'
import { zipDirectory, zipEntries, type ZipDirectory, type ZipEntry } from './zip.ts'

/** Writes archives, and tells what it reads out of them itself. */
const PYTHON = String.raw`
import hashlib, json, sys, zipfile
folder = sys.argv[1]
def told(path):
    with zipfile.ZipFile(path) as archive:
        return [[one.filename, one.file_size, one.compress_size, hashlib.sha256(archive.read(one)).hexdigest()] for one in archive.infolist()]
def made(name, prefix, write):
    path = folder + '/' + name
    with open(path, 'wb') as out:
        prefix(out)
        with zipfile.ZipFile(out, 'w') as archive:
            write(archive)
    return path
def plain(archive):
    archive.writestr('stored.txt', 'stored')
    archive.writestr('folder/', '')
    archive.writestr('folder/deflated.txt', 'deflated ' * 1000, zipfile.ZIP_DEFLATED)
    archive.writestr('Grüße/日本.txt', 'utf-8', zipfile.ZIP_DEFLATED)
    archive.writestr('empty', '', zipfile.ZIP_DEFLATED)
def large(archive):
    with archive.open('large.txt', 'w', force_zip64=True) as out:
        out.write(b'as if it were large')
    plain(archive)
def commented(archive):
    plain(archive)
    archive.comment = b'a comment ' * 6500
def many(archive):
    for index in range(65537):
        archive.writestr('%d.class' % index, b'')
def named(archive):
    archive.writestr('a' * 65535, 'long')
    archive.writestr('after', 'it')
def script(out):
    out.write(b'#!/bin/sh\nexec java -jar "$0"\n')
def hole(out):
    out.seek(5 << 30)
nothing = lambda out: None
result = {}
for name, prefix, write in [('plain', nothing, plain), ('large', nothing, large), ('commented', nothing, commented), ('many', nothing, many), ('named', nothing, named), ('empty', nothing, lambda archive: None), ('hole', hole, plain)]:
    result[name] = told(made(name, prefix, write))
whole = open(folder + '/plain', 'rb').read()
open(folder + '/script', 'wb').write(b'#!/bin/sh\nexec java -jar "$0"\n' + whole)
result['script'] = told(folder + '/script')
print(json.dumps(result))
`

type Told = [name: string, bytes: number, compressedBytes: number, checksum: string][]

describe.skipIf(requireParts('python', 'java'))('reads what tools wrote', () => {
  let folder = ''
  let told: Record<string, Told> = {}
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stella-zip-'))
    const options = { maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' } as const
    told = JSON.parse(execFileSync('/usr/bin/python3', ['-c', PYTHON, folder], options))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(['plain', 'large', 'commented', 'script', 'many', 'empty', 'hole'])(
    'an archive of Python: %s',
    async (name) => {
      await expectTold(join(folder, name), told[name] ?? [])
    },
  )

  test('a name of 64 KiB is cut, and what follows it is found', () => {
    const { file, directory } = opened(readFileSync(join(folder, 'named')))
    const names = [...zipEntries(file, directory)].map((entry) => entry.name)
    expect(names).toEqual(['a'.repeat(1024), 'after'])
  })

  test('an archive of jar', async () => {
    const path = join(folder, 'jar.jar')
    execFileSync('jar', ['--create', '--file', path, '-C', folder, 'plain', '-C', folder, 'script'])
    const listed = execFileSync('jar', ['--list', '--file', path], { encoding: 'utf8' })
    const { file, directory } = opened(readFileSync(path))
    const entries = [...zipEntries(file, directory)]
    expect(entries.map((entry) => entry.name)).toEqual(listed.trim().split('\n'))
    const plain = entries.find((entry) => entry.name === 'plain')
    expect(plain && (await inflated(file, directory, plain))).toEqual(
      readFileSync(join(folder, 'plain')),
    )
  })
})

const MIB = 1024 * 1024
const text = Buffer.from('what it holds '.repeat(100))

test.each([true, false])(
  'content, as a whole and as a stream; deflated: %s',
  async (isDeflated) => {
    const { file, directory, entry } = single({ content: text, isDeflated })
    expect(await zipContent(file, directory, entry, Buffer.alloc(MIB))).toEqual(text)
    expect(await inflated(file, directory, entry)).toEqual(text)
  },
)

test('the beginning of an entry that is larger than is read', async () => {
  const { file, directory, entry } = single({ content: text, isDeflated: true })
  expect(await zipBeginning(file, directory, entry, Buffer.alloc(100))).toEqual(
    text.subarray(0, 100),
  )
})

test('a stored entry is read where it lies, a deflated one cannot be', () => {
  const stored = single({ content: text })
  const range = zipRange(stored.file, stored.directory, stored.entry)
  if (range === null || 'problem' in range) throw new Error('not stored')
  expect(Buffer.from(range.read(5, 8))).toEqual(text.subarray(5, 13))
  expect(range.read(text.length - 3, 100)).toHaveLength(3)
  expect(range.read(text.length + 3, 100)).toHaveLength(0)
  const deflated = single({ content: text, isDeflated: true })
  expect(zipRange(deflated.file, deflated.directory, deflated.entry)).toBeNull()
})

test.each([
  ['an encrypted entry', { isEncrypted: true }, 'a.txt is encrypted'],
  ['a wrong sum', { lies: { checksum: 1 } }, 'a.txt is damaged'],
  ['more than it says', { isDeflated: true, lies: { bytes: 10 } }, 'a.txt is damaged'],
  ['less than it says', { isDeflated: true, lies: { bytes: 2000 } }, 'a.txt is damaged'],
  ['an end beyond the file', { lies: { compressedBytes: 100_000 } }, 'a.txt is damaged'],
  ['more than is allowed', { lies: { bytes: 2 ** 31 } }, 'a.txt is larger than 1 MiB'],
])('%s', async (_, member, problem) => {
  const { file, directory, entry } = single({ content: text, ...member })
  expect(await zipContent(file, directory, entry, Buffer.alloc(MIB))).toEqual({ problem })
})

test('a bomb is not inflated further than it is read', async () => {
  const zeros = Buffer.alloc(64 * MIB)
  const { file, directory, entry } = single({ content: zeros, isDeflated: true })
  const stream = new ZipStream(file, directory, entry)
  for await (const _ of stream) if (stream.inflated > MIB) break
  expect(stream.inflated).toBeLessThan(2 * MIB)
  expect(entry.compressedBytes).toBeLessThan(MIB / 10)
})

test('a damaged stream ends, and says so', async () => {
  const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251))
  const { file, directory, entry } = single({ content: noise, isDeflated: true })
  const cut = { ...entry, compressedBytes: 10 }
  const stream = new ZipStream(file, directory, cut)
  for await (const _ of stream) expect(stream.inflated).toBeLessThan(5000)
  expect(stream.problem).toBe('a.txt is damaged')
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no archive', Buffer.from('just a text')],
  ['its first half', zipOf([{ name: 'a.txt', content: text }]).subarray(0, 800)],
])('no directory: %s', (_, bytes) => {
  expect(zipDirectory(inMemory('a.zip', bytes))).toBeNull()
})

test('a comment that looks like the end of an archive is not taken for it', () => {
  const bytes = Buffer.concat([
    zipOf([{ name: 'a.txt', content: text }]),
    Buffer.from('PK\u0005\u0006 '.repeat(2000)),
  ])
  const { file, directory } = opened(bytes)
  expect([...zipEntries(file, directory)].map((entry) => entry.name)).toEqual(['a.txt'])
})

test('damaged archives are read to an end, without more than they hold', async () => {
  const seed = zipOf(
    [
      { name: 'META-INF/MANIFEST.MF', content: text, isDeflated: true },
      { name: 'b.jar', content: zipOf([{ name: 'c', content: text }]) },
      { name: 'd', content: text, isDeflated: true },
    ],
    { prefix: Buffer.from('#!/bin/sh\n') },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 8 }),
      fc.nat(seed.length),
      fc.uint8Array({ maxLength: 40 }),
      async (changes, end, junk) => {
        const bytes = Buffer.concat([seed.subarray(0, end % 3 === 0 ? end : seed.length), junk])
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        const file = inMemory('a.zip', bytes)
        const directory = zipDirectory(file)
        if (directory === null) return
        for (const entry of zipEntries(file, directory)) {
          const content = await zipContent(file, directory, entry, Buffer.alloc(4096))
          if ('length' in content) expect(content.length).toBe(entry.bytes)
          const stream = new ZipStream(file, directory, entry)
          for await (const chunk of stream) expect(chunk.length).toBeGreaterThan(0)
          zipRange(file, directory, entry)
        }
      },
    ),
  )
})

function single(member: { content: Uint8Array; isDeflated?: boolean }) {
  const { file, directory } = opened(zipOf([{ name: 'a.txt', ...member }]))
  const [entry] = zipEntries(file, directory)
  if (entry === undefined) throw new Error('no entry')
  return { file, directory, entry }
}

function opened(bytes: Uint8Array): { file: RandomFile; directory: ZipDirectory } {
  const file = inMemory('a.zip', bytes)
  const directory = zipDirectory(file)
  if (directory === null) throw new Error('no directory')
  return { file, directory }
}

async function expectTold(path: string, told: Told): Promise<void> {
  const descriptor = openSync(path, 'r')
  try {
    const file: RandomFile = {
      path,
      size: fstatSync(descriptor).size,
      read(offset, length) {
        const bytes = Buffer.alloc(length)
        return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset))
      },
    }
    const directory = zipDirectory(file)
    if (directory === null) throw new Error('no directory')
    const read: Told = []
    const into = Buffer.alloc(MIB)
    for (const entry of zipEntries(file, directory)) {
      const content = await zipContent(file, directory, entry, into)
      const checksum = 'problem' in content ? content.problem : sha256(content)
      read.push([entry.name, entry.bytes, entry.compressedBytes, checksum])
    }
    expect(read).toEqual(told)
    expect(directory.count).toBe(told.length)
  } finally {
    closeSync(descriptor)
  }
}

async function inflated(
  file: RandomFile,
  directory: ZipDirectory,
  entry: ZipEntry,
): Promise<Buffer> {
  const stream = new ZipStream(file, directory, entry)
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk.slice())
  expect(stream.problem).toBeNull()
  return Buffer.concat(chunks)
}

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes)
