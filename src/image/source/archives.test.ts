import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { StellaError } from '../../model/errors.ts'
import {
  archiveOf,
  blobPath,
  descriptorOf,
  digestOf,
  type Files,
  INDEX,
  json,
  LAYER,
  layoutFiles,
  layoutOf,
  legacyArchive,
  MANIFEST,
  noise,
  sampleImage,
  tarOf,
} from '../../../test/support/image-files.ts'
import { complaintOf, inPieces, open, readAll, written } from '../../../test/support/opened.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-archives-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

let count = 0
function file(bytes: Uint8Array): string {
  const path = join(FOLDER, `archive-${(count += 1)}`)
  writeFileSync(path, bytes)
  return path
}

function folder(files: Files): string {
  return written(join(FOLDER, `folder-${(count += 1)}`), files)
}

const SAMPLE = sampleImage()
const ENTRY = descriptorOf(SAMPLE.manifest, MANIFEST, {
  annotations: { 'org.opencontainers.image.ref.name': '1' },
})
const LAYOUT = layoutOf([SAMPLE], [ENTRY])

function fromPipe(bytes: Uint8Array, pieceBytes = 700): ReturnType<typeof open> {
  return open('-', { stdin: () => inPieces(bytes, pieceBytes) })
}

describe('one image in every form', () => {
  const legacy = legacyArchive(SAMPLE)
  const oci = archiveOf(LAYOUT)
  test.each([
    ['a folder with an OCI layout', () => open(folder(LAYOUT)), SAMPLE.blobs],
    ['an OCI archive', () => open(`oci-archive:${file(oci)}:1`), SAMPLE.blobs],
    ['an OCI archive, packed', () => open(file(gzipSync(oci))), SAMPLE.blobs],
    ['an OCI archive from a pipe', () => fromPipe(oci), SAMPLE.blobs],
    ['an archive of Docker', () => open(file(legacy)), SAMPLE.tars],
    [
      'an archive of Docker, by name',
      () => open(`docker-archive:${file(legacy)}:sample:1`),
      SAMPLE.tars,
    ],
    ['an archive of Docker in gzip', () => open(file(gzipSync(legacy))), SAMPLE.tars],
    ['an archive of Docker in zstd', () => open(file(zstdCompressSync(legacy))), SAMPLE.tars],
    ['an archive of Docker from a pipe', () => fromPipe(legacy), SAMPLE.tars],
    ['an archive of Docker from a pipe, packed', () => fromPipe(gzipSync(legacy)), SAMPLE.tars],
  ])('%s', async (_, opened, blobs) => {
    const { image, blobs: read } = await readAll(await opened())
    expect(read).toEqual(blobs)
    expect(image.layers.map(({ diffId }) => diffId)).toEqual(SAMPLE.diffIds)
    expect(image.layers.map(({ sizeBytes }) => sizeBytes)).toEqual(
      blobs.map(({ length }) => length),
    )
    expect(image.layers.map(({ createdBy }) => createdBy)).toEqual([
      'COPY file-0 /',
      'COPY file-1 /',
    ])
    expect(image.configDigest).toBe(digestOf(SAMPLE.config))
    expect(image.platform).toEqual({ os: 'linux', architecture: 'amd64', variant: null })
    const isOci = blobs === SAMPLE.blobs
    expect(image.digest).toBe(isOci ? SAMPLE.manifestDigest : null)
    expect(image.layers[0]?.compression).toBe(isOci ? 'gzip' : 'none')
    expect(JSON.stringify(image)).not.toContain('hunter2')
    expect(image.config?.environmentNames).toEqual(['PATH', 'API_TOKEN'])
  })
})

test('the same layer twice is one file and a link in old archives', async () => {
  const twice = sampleImage({ layerBytes: [0, 0] })
  const tar = twice.tars[0] ?? Buffer.alloc(0)
  const same = { ...twice, tars: [tar, tar], diffIds: [digestOf(tar), digestOf(tar)] }
  const config = json({
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: same.diffIds },
  })
  const archive = legacyArchive({ ...same, config })
  for (const source of [await open(file(archive)), await fromPipe(archive)]) {
    expect((await readAll(source)).blobs).toEqual([tar, tar])
  }
})

test('what Docker writes since version 25 is both: the layout tells more', async () => {
  const [first, second] = SAMPLE.blobs.map(blobPath)
  const both = new Map([
    ...LAYOUT,
    [
      'manifest.json',
      json([{ Config: blobPath(SAMPLE.config), RepoTags: ['a:1'], Layers: [first, second] }]),
    ],
  ])
  const archive = archiveOf(both)
  const { image } = await readAll(await open(file(archive)))
  expect(image.digest).toBe(SAMPLE.manifestDigest)
  const old = await readAll(await open(`docker-archive:${file(archive)}`))
  expect(old.image.digest).toBeNull()
  expect(old.image.layers.map(({ digest }) => digest)).toEqual(SAMPLE.blobs.map(digestOf))
  expect(old.blobs).toEqual(SAMPLE.blobs)
})

describe('platforms', () => {
  const arm = sampleImage({
    platform: { architecture: 'arm', variant: 'v6' },
    layerBytes: [10, 20],
  })
  const attestation = sampleImage({ layerBytes: [5] })
  const index = json({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [
      descriptorOf(SAMPLE.manifest, MANIFEST, { platform: { os: 'linux', architecture: 'amd64' } }),
      descriptorOf(arm.manifest, MANIFEST, {
        platform: { os: 'linux', architecture: 'arm', variant: 'v6' },
      }),
      descriptorOf(attestation.manifest, MANIFEST, {
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      }),
    ],
  })
  const content = [SAMPLE, arm, attestation].flatMap((image) => [...image.content.values()])
  const nested = layoutFiles(
    [...content, index],
    json({ schemaVersion: 2, manifests: [descriptorOf(index, INDEX)] }),
  )
  const flat = layoutFiles(content, index)

  test.each([
    ['an index of its own', nested],
    ['index.json itself', flat],
  ])('%s', async (_, files) => {
    const path = folder(files)
    const asked = async (platform: string): Promise<string | null> =>
      (await readAll(await open(path, { platform }))).image.digest
    expect(await asked('linux/amd64')).toBe(SAMPLE.manifestDigest)
    expect(await asked('x86_64')).toBe(SAMPLE.manifestDigest)
    expect(await asked('linux/arm/v6')).toBe(arm.manifestDigest)
    // A newer machine runs it, too.
    expect(await asked('linux/arm')).toBe(arm.manifestDigest)
    expect(await complaintOf(open(path, { platform: 'linux/arm/v5' }))).toContain(
      'there is no image for linux/arm/v5; choose with --platform: linux/amd64, linux/arm/v6',
    )
  })

  test('an image for another platform than was asked for is refused', async () => {
    expect(await complaintOf(open(folder(LAYOUT), { platform: 'linux/s390x' }))).toBe(
      `2 stella: ${FOLDER}/folder-${count}: it is for linux/amd64 alone, and not for linux/s390x; leave --platform out, or name another image`,
    )
  })
})

describe('several images', () => {
  const other = sampleImage({ layerBytes: [9] })
  const named = (image: typeof other, name: string): object =>
    descriptorOf(image.manifest, MANIFEST, {
      annotations: { 'org.opencontainers.image.ref.name': name },
    })
  const files = layoutOf([SAMPLE, other], [named(SAMPLE, 'one'), named(other, 'two')])

  test('a layout wants a tag then', async () => {
    const path = folder(files)
    expect((await readAll(await open(`oci:${path}:two`))).image.digest).toBe(other.manifestDigest)
    expect(await complaintOf(open(path))).toContain('it holds 2 images; name one')
    expect(await complaintOf(open(`oci:${path}:three`))).toContain('of: one, two')
  })

  test('an archive of Docker wants a name then', async () => {
    const entry = (image: typeof other, name: string): object => ({
      Config: blobPath(image.config),
      RepoTags: [name],
      Layers: image.blobs.map(blobPath),
    })
    const manifest = json([entry(SAMPLE, 'team/a:1'), entry(other, 'b:latest')])
    const archive = file(archiveOf(new Map([...files, ['manifest.json', manifest]])))
    const chosen = await readAll(await open(`docker-archive:${archive}:docker.io/library/b`))
    expect(chosen.image.configDigest).toBe(digestOf(other.config))
    expect(await complaintOf(open(`docker-archive:${archive}`))).toContain('of: team/a:1, b:latest')
  })
})

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
      /^3 .*it does not exist/,
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

test('the root folder of a file system is one layer', async () => {
  const path = folder(
    new Map([
      ['etc/os-release', Buffer.from('ID=x')],
      ['usr/bin/x', noise(9, 1)],
    ]),
  )
  for (const text of [path, `dir:${path}`]) {
    const source = await open(text)
    expect(source).toMatchObject({
      image: { digest: null, layers: [{ diffId: null, blob: { kind: 'folder', path } }] },
    })
  }
})

test('an archive is given back, whether it was read, begun, or neither', async () => {
  const path = file(gzipSync(legacyArchive(SAMPLE)))
  const openFiles = (): number =>
    readdirSync('/proc/self/fd').filter((name) => linkOf(name) === path).length
  for (const steps of [0, 1, 9]) {
    const source = await open(path)
    if (source.kind !== 'forward') throw new Error('it is read once')
    const members = source.archive.members(new AbortController().signal)[Symbol.asyncIterator]()
    for (let step = 0; step < steps; step += 1) await members.next()
    await source.archive.close()
    expect(openFiles()).toBe(0)
  }
})

/** What a descriptor of this process leads to. */
function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    return ''
  }
}

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

test('documents of a config are read in both families', async () => {
  const docker = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: descriptorOf(SAMPLE.config, 'application/vnd.docker.container.image.v1+json'),
    layers: SAMPLE.blobs.map((blob) =>
      descriptorOf(blob, 'application/vnd.docker.image.rootfs.diff.tar.gzip'),
    ),
  })
  const index = json({ manifests: [descriptorOf(docker, '')] })
  const { image } = await readAll(
    await open(folder(layoutFiles([...SAMPLE.content.values(), docker], index))),
  )
  expect(image.digest).toBe(digestOf(docker))
})
