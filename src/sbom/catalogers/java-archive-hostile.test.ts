import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  catalogFile,
  inMemory,
  memoryScratch,
  packageFixture,
} from '../../../test/support/cataloged.ts'
import { foundLine } from '../../../test/support/found.ts'
import {
  manifestMember as manifest,
  zipOf,
  type ZipMember,
} from '../../../test/support/zip-writer.ts'
import type { Scratch } from '../cataloger.ts'
import { javaArchive } from './java-archive.ts'

const MIB = 1024 * 1024

describe('hostile archives', () => {
  const library = (name: string): ZipMember => ({ name, content: zipOf([manifest({})]) })

  test('an encrypted library is told', async () => {
    const members = [manifest({}), { ...library('lib/b-1.jar'), isEncrypted: true }]
    expect(await found('a-1.jar', members)).toEqual([
      'pkg:maven/a/a@1',
      'problem: lib/b-1.jar is encrypted',
    ])
  })

  test('a bomb in an archive is not unpacked', async () => {
    const bomb = { name: 'bomb.jar', content: Buffer.alloc(64 * MIB), isDeflated: true }
    const { scratch, most } = watched()
    const archive = zipOf([manifest({}), bomb, library('b-1.jar')])
    const all = await collect('a-1.jar', archive, scratch)
    expect(all).toEqual([
      'pkg:maven/a/a@1',
      'problem: bomb.jar is larger than 16 MiB, or there is no room for it',
      'pkg:maven/b/b@1 in b-1.jar',
    ])
    expect(most()).toBeLessThanOrEqual(16 * MIB)
  })

  test('archives in each other are followed eight deep', async () => {
    let content = zipOf([manifest({})])
    for (let depth = 12; depth >= 1; depth--) {
      const isDeflated = depth % 2 === 0
      content = zipOf([manifest({}), { name: `d${depth}-1.jar`, content, isDeflated }])
    }
    const all = await collect('a-1.jar', content)
    expect(all).toHaveLength(10)
    expect(all.at(-1)).toBe(
      'problem: d1-1.jar!/d2-1.jar!/d3-1.jar!/d4-1.jar!/d5-1.jar!/d6-1.jar!/d7-1.jar!/d8-1.jar!/d9-1.jar: archives lie more than 8 deep in each other',
    )
  })

  test('entries that share their bytes multiply up to a limit', async () => {
    let content = zipOf([manifest({})])
    for (let depth = 0; depth < 4; depth++) {
      const copies = Array.from({ length: 100 }, (_, index) => ({ name: `${index}.jar`, content }))
      content = zipOf(copies.map((copy, index) => (index === 0 ? copy : { ...copy, sameAs: 0 })))
    }
    const all = await collect('a-1.jar', content)
    expect(all.length).toBeLessThan(22_000)
    expect(all.join('\n')).toContain(': more was packed into it than is read')
  })

  test('a directory that lies about its number of entries', async () => {
    const archive = zipOf([manifest({})], { count: 1000 })
    expect(await collect('a-1.jar', archive)).toEqual([
      'pkg:maven/a/a@1',
      'problem: its directory should have 1000 entries, and has 1',
    ])
  })

  test('no room for what has to be unpacked', async () => {
    const members = [manifest({}), { ...library('b-1.jar'), isDeflated: true }]
    const full: Scratch = { keep: async () => null }
    expect(await collect('a-1.jar', zipOf(members), full)).toEqual([
      'pkg:maven/a/a@1',
      'problem: b-1.jar is larger than 16 MiB, or there is no room for it',
    ])
  })

  test('what was unpacked is released', async () => {
    const members = [1, 2, 3].map((n) => ({ ...library(`b-${n}.jar`), isDeflated: true }))
    const { scratch, open } = watched()
    expect(await collect('a-1.jar', zipOf(members), scratch)).toHaveLength(4)
    expect(open()).toBe(0)
  })

  const seeds = ['renamed', 'shaded', 'nested'].map((name) => {
    const [bytes] = packageFixture('java-archive', name).values()
    return bytes ?? new Uint8Array()
  })

  test('damaged archives never throw, and are read to an end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (seed, changes, isDirectory) => {
          const bytes = Buffer.from(seed)
          for (const [at, value] of changes) {
            // Most of what counts is in the directory, near the end.
            const span = isDirectory ? Math.min(1500, bytes.length) : bytes.length
            bytes[bytes.length - 1 - (at % span)] = value
          }
          for (const one of await catalogFile(javaArchive, 'a.ear', bytes)) {
            expect(one.kind === 'problem' ? one.says : foundLine(one)).not.toBe('')
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test.each([
    '<!',
    '<',
    '<a',
    '<a>',
    '</a>',
    '<![CDATA[',
    '<!--',
    '<?',
    '&',
    '${',
    '-',
    ' ',
    '\n ',
  ])('long texts of %j are read to an end', async (piece) => {
    const content = Buffer.from(piece.repeat(Math.floor((200 * 1024) / piece.length)))
    const archive = zipOf([
      { name: 'META-INF/MANIFEST.MF', content },
      { name: 'META-INF/maven/a/b/pom.xml', content },
      { name: 'META-INF/maven/a/c/pom.properties', content: content.subarray(0, 64 * 1024) },
    ])
    expect(await collect('a-1.jar', archive)).toEqual(['pkg:maven/a/a@1'])
  })

  test('any texts in the place of a manifest or a pom are read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 2000 }),
        fc.constantFrom('META-INF/MANIFEST.MF', 'META-INF/maven/a/b/pom.xml', 'x/pom.properties'),
        fc.string({ maxLength: 300 }),
        async (text, name, fileName) => {
          const marked = text.replaceAll('x', '<licenses><license><name>').replaceAll('y', '\r\n ')
          const archive = zipOf([{ name, content: Buffer.from(marked) }])
          const all = await catalogFile(javaArchive, `${fileName}.jar`, archive)
          for (const one of all) {
            if (one.kind === 'package') expect(one.package.type).toBe('maven')
          }
        },
      ),
    )
  })
})

const found = async (fileName: string, members: ZipMember[]): Promise<string[]> =>
  (await catalogFile(javaArchive, `opt/${fileName}`, zipOf(members))).map(foundLine)

async function collect(
  path: string,
  bytes: Uint8Array,
  scratch = memoryScratch,
): Promise<string[]> {
  if (javaArchive.reads !== 'anywhere') throw new Error('reads archives at any place')
  const all: string[] = []
  for await (const one of javaArchive.catalog(inMemory(path, bytes), scratch)) {
    all.push(foundLine(one))
  }
  return all
}

/** Counts what is kept. */
function watched() {
  let open = 0
  let most = 0
  const scratch: Scratch = {
    async keep(path, chunks, maxBytes) {
      most = Math.max(most, maxBytes)
      const kept = await memoryScratch.keep(path, chunks, maxBytes)
      if (kept === null) return null
      open++
      return { ...kept, release: () => void open-- }
    },
  }
  return { scratch, open: () => open, most: () => most }
}
