import { readdirSync, readlinkSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  archiveOf,
  blobPath,
  descriptorOf,
  digestOf,
  INDEX,
  json,
  layoutFiles,
  layoutOf,
  legacyArchive,
  MANIFEST,
  noise,
  sampleImage,
} from '../../../test/support/image-files.ts'
import { complaintOf, open, readAll } from '../../../test/support/opened.ts'
import { file, folder, fromPipe, LAYOUT, SAMPLE } from '../../../test/support/image-places.ts'

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
    const path = folder(LAYOUT)
    expect(await complaintOf(open(path, { platform: 'linux/s390x' }))).toBe(
      `2 stella: ${path}: it is for linux/amd64 alone, and not for linux/s390x; leave --platform out, or name another image`,
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

test('a file is no root folder, and below a file there is nothing', async () => {
  const path = file(noise(9, 1))
  expect(await complaintOf(open(`dir:${path}`))).toBe(
    `3 stella: ${path}: it is no folder; name the root folder of a file system, or an archive without dir:`,
  )
  expect(await complaintOf(open(`dir:${path}/x`))).toContain(
    `${path}/x: there is no such file or folder; `,
  )
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
