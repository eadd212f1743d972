import { execFileSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StellaError } from '../../model/errors.ts'
import {
  archiveOf,
  blobPath,
  descriptorOf,
  type Files,
  INDEX,
  json,
  LAYER,
  layoutFiles,
  legacyArchive,
  MANIFEST,
  packedImage,
  tarOf,
} from '../../../test/support/image-files.ts'
import { complaintOf, open, readAll } from '../../../test/support/opened.ts'
import { file, folder, fromPipe, LAYOUT, SAMPLE } from '../../../test/support/image-places.ts'

describe('what is damaged or no image says so', () => {
  const changed = (path: string, bytes: Uint8Array): Files => new Map([...LAYOUT, [path, bytes]])
  const first = SAMPLE.blobs[0] ?? Buffer.alloc(0)
  const other = Buffer.from(first)
  other[100] = (other[100] ?? 0) ^ 1
  const spaced = Buffer.from(SAMPLE.config.toString().replace('2026', '2027'))
  const without = new Map([...LAYOUT].filter(([path]) => path !== blobPath(first)))
  const manifestWith = (fields: object): Files => {
    const bytes = json({ ...JSON.parse(SAMPLE.manifest.toString()), ...fields })
    const index = json({ schemaVersion: 2, manifests: [descriptorOf(bytes, MANIFEST)] })
    return layoutFiles([...SAMPLE.content.values(), bytes], index)
  }
  const self = json({ schemaVersion: 2, manifests: [] })

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a config',
      () => open(folder(changed(blobPath(SAMPLE.config), spaced))),
      /^2 .*config of .*its digest is not sha256:/,
    ],
    ['a layer that is missing', () => open(folder(without)), /^2 .*layer 1 of .*is missing/],
    [
      'a layer of another size',
      () => open(folder(changed(blobPath(first), first.subarray(1)))),
      /^2 .*bytes, and \d+ are stated/,
    ],
    [
      'a layer in a pipe',
      async () => readAll(await fromPipe(archiveOf(changed(blobPath(first), other)))),
      /^2 .*its digest is not the one of its name/,
    ],
    [
      'an archive that breaks off',
      () => open(file(legacyArchive(SAMPLE).subarray(0, 6000))),
      /^2 .*it breaks off at byte 6000/,
    ],
    [
      'a pipe that breaks off',
      async () => readAll(await fromPipe(legacyArchive(SAMPLE).subarray(0, 6000))),
      /^2 .*it breaks off at byte 6000/,
    ],
    [
      'gzip that breaks off',
      async () => readAll(await fromPipe(gzipSync(legacyArchive(SAMPLE)).subarray(0, 2000))),
      /^2 .*it is damaged \(Z_BUF_ERROR\)/,
    ],
    ['a text', () => open(`docker-archive:${file(Buffer.from('hello'))}`), /^2 .*it is no archive/],
    ['nothing', () => fromPipe(Buffer.alloc(0)), /^2 .*standard input: it is empty/],
    [
      'xz',
      () => open(`docker-archive:${file(Buffer.from('fd377a585a000000', 'hex'))}`),
      /^2 .*packed with xz; unpack it first: xz -d/,
    ],
    [
      'a tar of files',
      () => open(file(tarOf([{ path: 'etc/passwd', bytes: Buffer.from('x') }]))),
      /^2 .*an archive, but not of an image/,
    ],
    [
      'a path that is not there',
      () => open('docker-archive:/nonexistent/x.tar'),
      /^3 .*there is no such file or folder/,
    ],
    [
      'a folder that is no image',
      () => open(folder(new Map([['readme.txt', self]]))),
      /^3 .*there is no image at this path/,
    ],
    [
      'schema 1',
      () => open(folder(changed('index.json', json({ schemaVersion: 1, fsLayers: [] })))),
      /^2 .*schema 1, which Docker gave up/,
    ],
    [
      'a manifest and an index at once',
      () => open(folder(changed('index.json', json({ manifests: [], layers: [], config: {} })))),
      /^2 .*a manifest and an index at once/,
    ],
    ['no JSON', () => open(folder(changed('index.json', Buffer.from('{')))), /^2 .*it is no JSON/],
    [
      'a digest that is a path',
      () =>
        open(
          folder(
            changed('index.json', json({ manifests: [{ digest: 'sha256:../../etc', size: 1 }] })),
          ),
        ),
      /^2 .*not as the specification has it, at manifests.0.digest/,
    ],
    [
      'a document that is too long',
      () => open(folder(changed('index.json', Buffer.alloc(5_000_000, 32)))),
      /^2 .*more than the 4 MiB/,
    ],
    [
      'a layer too many',
      () => open(folder(manifestWith({ layers: [] }))),
      /^2 .*names 0 layers, and its config 2/,
    ],
    [
      'a chart',
      () =>
        open(
          folder(
            manifestWith({
              config: descriptorOf(SAMPLE.config, 'application/vnd.cncf.helm.config.v1+json'),
            }),
          ),
        ),
      /^2 .*no container image: application\/vnd.cncf.helm/,
    ],
  ])('%s', async (_, opened, complaint) => {
    expect(await complaintOf(opened())).toMatch(complaint)
  })

  test('indexes that lead to each other come to an end', async () => {
    let inner: Uint8Array = SAMPLE.manifest
    const content: Uint8Array[] = [...SAMPLE.content.values()]
    for (let depth = 0; depth < 6; depth += 1) {
      const type = depth === 0 ? MANIFEST : INDEX
      inner = json({ schemaVersion: 2, mediaType: INDEX, manifests: [descriptorOf(inner, type)] })
      content.push(inner)
    }
    const files = layoutFiles(content, json({ manifests: [descriptorOf(inner, INDEX)] }))
    expect(await complaintOf(open(folder(files)))).toContain('nested more than 4 deep')
  })

  test('a layer that nobody may pass on, and one of an unknown kind, are told and not missed', async () => {
    const layers = [
      descriptorOf(Buffer.from('x'), 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', {
        urls: ['https://example.org/x'],
      }),
      descriptorOf(first, `${LAYER}+gzip+encrypted`),
    ]
    const source = await open(folder(manifestWith({ layers })))
    const places = source.kind === 'image' ? source.image.layers.map(({ blob }) => blob) : []
    expect(places).toEqual([
      { kind: 'absent', says: expect.stringContaining('may not be passed on') },
      { kind: 'absent', says: expect.stringContaining('+gzip+encrypted') },
    ])
  })
})

test('whatever is done to an archive, it is read or refused', async () => {
  const whole = [legacyArchive(SAMPLE), archiveOf(LAYOUT), gzipSync(legacyArchive(SAMPLE))]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...whole),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      fc.option(fc.nat(), { nil: null }),
      fc.integer({ min: 1, max: 3000 }),
      async (bytes, changes, cut, pieceBytes) => {
        const damaged = Buffer.from(bytes)
        for (const [at, byte] of changes) damaged[at % damaged.length] = byte
        const sent = cut === null ? damaged : damaged.subarray(0, cut % damaged.length)
        for (const opened of [() => fromPipe(sent, pieceBytes), () => open(file(sent))]) {
          try {
            await readAll(await opened())
          } catch (error) {
            expect(error).toBeInstanceOf(StellaError)
          }
        }
      },
    ),
    { numRuns: 150 },
  )
})

test.each(['gnu', 'pax'])('a sparse layer is not read as if it were whole: %s', async (form) => {
  const holes = tarOf([{ path: 'zeros', bytes: Buffer.alloc(1024 * 1024) }])
  const image = packedImage([holes], { pack: (tar) => tar, suffix: '' }, {})
  const place = folder(new Map([['all.tar', legacyArchive(image)]]))
  execFileSync('sh', ['-c', 'tar -xf all.tar && cp -r --sparse=always . ../sparse'], { cwd: place })
  const args = ['--sparse', `--format=${form}`, '--exclude=all.tar', '-C', `${place}/../sparse`]
  const sparse = execFileSync('tar', [...args, '-cf', '-', '.'])
  const says =
    /^2 stella: .*: \w+\/layer.tar is a sparse file in it, which is not read; pack it again/
  expect(await complaintOf(open(file(sparse)))).toMatch(says)
  const piped = async (): Promise<unknown> => readAll(await fromPipe(sparse))
  expect(await complaintOf(piped())).toMatch(says)
})
