/** Images that were made to do harm, or were damaged on their way. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { digestOf, noise, tarOf } from '../support/image-files.ts'
import { layerTar } from '../support/layer-tar.ts'
import type { LayerEntry } from '../support/layered-images.ts'
import { complaintOf, written } from '../support/opened.ts'
import { imageOf, layout, PACKINGS, scanned } from '../support/scanned-image.ts'
import type { Scanned } from '../support/scanned-image.ts'
import { manifestMember, zipOf } from '../support/zip-writer.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-hostile-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
let count = 0

const file = (path: string, text: string): LayerEntry => ({ path, kind: 'file', text })
const text = (name: string): string => JSON.stringify({ name, version: '1.0.0' })
const npm = (name: string): LayerEntry => file(`${name}/package.json`, text(name))

function scan(...tars: readonly Buffer[]): Promise<Scanned> {
  return scanned(written(join(FOLDER, String(count++)), layout(imageOf(tars))))
}

/** The error of an image whose second layer is stored as these bytes, and said to be something else. */
function complaint(tar: Buffer, stored: Buffer, packing: keyof typeof PACKINGS): Promise<string> {
  const image = imageOf([layerTar([npm('a')]), tar], PACKINGS[packing])
  const folder = written(join(FOLDER, String(count++)), layout(image))
  writeFileSync(join(folder, 'blobs/sha256', digestOf(image.blobs[1] ?? tar).slice(7)), stored)
  return complaintOf(scanned(folder))
}

describe('layers that are not what they should be', () => {
  const tar = layerTar([npm('b'), file('c', 'x'.repeat(9_000))])

  test.each(['gzip', 'zstd'] as const)(
    'another layer than the digest says: %s',
    async (packing) => {
      const other = Buffer.from(tar)
      other.write('y', 3_000)
      const stored = PACKINGS[packing].pack(tar)
      const forged = PACKINGS[packing].pack(other)
      const padded = Buffer.concat([
        forged,
        Buffer.alloc(Math.max(0, stored.length - forged.length)),
      ])
      expect(await complaint(tar, padded.subarray(0, stored.length), packing)).toMatch(
        /^2 stella: layer 2 of \S+: it (?:is not sha256:|is damaged)/,
      )
    },
  )

  test('a layer that breaks off is named with the place', async () => {
    for (const packing of ['gzip', 'zstd'] as const) {
      const cut = layerTar([npm('b'), file('c', 'x'.repeat(9_000))]).subarray(0, 4_000)
      const image = imageOf([layerTar([npm('a')]), cut], PACKINGS[packing])
      const folder = written(join(FOLDER, String(count++)), layout(image))
      expect(await complaintOf(scanned(folder))).toMatch(
        /^2 stella: layer 2 of \S+: it ends in the middle of an entry, at byte 4000 of its tar, near c;/,
      )
    }
  })

  test('a layer of which half is stored is named with the entry', async () => {
    for (const packing of ['plain', 'gzip', 'zstd'] as const) {
      const pack = (bytes: Buffer): Buffer => {
        const stored = PACKINGS[packing].pack(bytes)
        return stored.subarray(0, stored.length / 2)
      }
      const noisy = tarOf([{ path: 'c', bytes: noise(500_000, 1) }])
      const image = imageOf([noisy], { ...PACKINGS[packing], pack })
      const folder = written(join(FOLDER, String(count++)), layout(image))
      expect(await complaintOf(scanned(folder))).toMatch(
        /^2 stella: layer 1 of \S+: it (?:ends in the middle of an entry|is damaged \(Z_BUF_ERROR\)), at byte \d+ of its tar, near c;/,
      )
    }
  })

  test('a layer of another size than is stated is named', async () => {
    expect(await complaint(tar, PACKINGS.gzip.pack(tar).subarray(1), 'gzip')).toMatch(
      /^2 stella: layer 2 of \S+: sha256:\w+ has \d+ bytes, and \d+ are stated;/,
    )
  })

  test('a layer that takes much memory to unpack is refused, and how to store it is said', async () => {
    // RFC 8878, 3.1.1: a frame with a window of 128 MiB, and one block that is stored as it is.
    const pack = (bytes: Buffer): Buffer => {
      const block = Buffer.alloc(3)
      block.writeUIntLE((bytes.length << 3) | 1, 0, 3)
      return Buffer.concat([Buffer.from('28b52ffd0088', 'hex'), block, bytes])
    }
    const large = layerTar([file('c', 'x'.repeat(9_000))])
    const image = imageOf([large], { pack, suffix: '+zstd' })
    const folder = written(join(FOLDER, String(count++)), layout(image))
    expect(await complaintOf(scanned(folder))).toMatch(
      /^2 stella: layer 1 of \S+: it needs more than 32 MiB of memory to be unpacked; build it again with a smaller window/,
    )
  })

  test('bytes that are no tar', async () => {
    const image = imageOf([Buffer.alloc(2_000, 'no tar at all ')])
    const folder = written(join(FOLDER, String(count++)), layout(image))
    expect(await complaintOf(scanned(folder))).toMatch(
      /^2 stella: layer 1 of \S+: it is no header of a tar archive, at byte 0 of its tar/,
    )
  })
})

describe('entries that lie', () => {
  test('names that lead outside are told', async () => {
    const { purls, problems } = await scan(
      tarOf([
        { path: '../../package.json', bytes: Buffer.from('{"name":"evil","version":"1.0.0"}') },
        { path: 'package.json', bytes: Buffer.from('{"name":"good","version":"1.0.0"}') },
      ]),
    )
    expect(purls).toEqual(['pkg:npm/good@1.0.0'])
    expect(problems).toEqual(['null: an entry that points outside: ../../package.json'])
  })

  test('a name of 2 GB is not waited for in memory', async () => {
    const tar = tarOf([{ path: 'name' }])
    tar.write('20000000000\0', 124)
    tar.write('L', 156)
    tar.write('        ', 148)
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const folder = written(join(FOLDER, String(count++)), layout(imageOf([tar])))
    expect(await complaintOf(scanned(folder))).toMatch(
      /^2 stella: layer 1 of .* ends in the middle of an entry, .* near name;/,
    )
  })

  test.each(['gnu', 'oldgnu', 'pax --sparse-version=0.1', 'pax --sparse-version=1.0'])(
    'a sparse file of packages is told, and what follows it is found: %s',
    async (form) => {
      const files = written(join(FOLDER, String(count++)), new Map())
      const lock = join(files, 'package-lock.json')
      mkdirSync(files)
      writeFileSync(lock, '{"lockfileVersion": 3, "packages": {}}')
      truncateSync(lock, 1024 * 1024)
      writeFileSync(join(files, 'package.json'), text('behind'))
      const args = ['--sparse', ...`--format=${form}`.split(' '), '--directory', files]
      const tar = execFileSync('tar', [...args, '-cf', '-', 'package-lock.json', 'package.json'])
      const { purls, problems } = await scan(tar)
      expect(purls).toEqual(['pkg:npm/behind@1.0.0'])
      expect(problems).toEqual(['package-lock.json: is sparse, and was not read'])
    },
  )

  test('links in a circle and links to everything', async () => {
    const link = (path: string, target: string): LayerEntry => ({
      path,
      kind: 'symbolic-link',
      target,
    })
    const { purls } = await scan(
      layerTar([
        link('a', 'b'),
        link('b', 'a'),
        link('c', '/c/c/c'),
        link('d', '../../..'),
        npm('real'),
      ]),
      layerTar(['a', 'c', 'd'].map((name) => file(`${name}/x/package.json`, text(`in-${name}`)))),
    )
    expect(purls).toContain('pkg:npm/real@1.0.0')
    expect(purls).toContain('pkg:npm/in-d@1.0.0')
  })

  test('names with line breaks, tabs and brackets stay names', async () => {
    const names = ['a\nb', 'a\t{"b', '\t{}', 'a"b\\', '\u001b[31m']
    const entries = names.map((name) =>
      file(`${name}/package.json`, '{"name":"x","version":"1.0.0"}'),
    )
    const { purls, document } = await scan(layerTar(entries))
    expect(purls).toEqual(['pkg:npm/x@1.0.0'])
    const said: unknown = JSON.parse(document)
    for (const name of names) {
      expect(JSON.stringify(said)).toContain(JSON.stringify(`${name}/package.json`).slice(1, -1))
    }
  })
})

describe('files that lie', () => {
  test('broken JSON is told with its path, and the rest is found', async () => {
    const broken = file('broken/package-lock.json', '{"lockfileVersion": 3, "packages": {"a": ')
    const { purls, problems } = await scan(layerTar([broken, npm('good')]))
    expect(purls).toEqual(['pkg:npm/good@1.0.0'])
    expect(problems).toEqual([expect.stringMatching(/^broken\/package-lock\.json: /)])
  })

  test('archives in archives are opened down to a depth', async () => {
    let jar = zipOf([manifestMember({})])
    for (let depth = 0; depth < 50; depth++) {
      jar = zipOf([manifestMember({}), { name: `inner-${depth}.jar`, content: jar }])
    }
    const { problems } = await scan(tarOf([{ path: 'outer-1.jar', bytes: jar }]))
    expect(problems).toEqual([expect.stringMatching(/^outer-1\.jar: .*inner-/)])
  })

  test.each(['gzip', 'zstd'] as const)(
    'a %s bomb is read, and nothing of it is kept',
    async (packing) => {
      const bomb = tarOf([{ path: 'zeros', bytes: Buffer.alloc(64 * 1024 * 1024) }])
      const pack = packing === 'gzip' ? gzipSync : zstdCompressSync
      const image = imageOf([bomb], { pack, suffix: `+${packing}` })
      const folder = written(join(FOLDER, String(count++)), layout(image))
      expect(await scanned(folder)).toMatchObject({ purls: [], problems: [] })
    },
  )
})
