import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { stella } from '../support/command-line.ts'
import {
  archiveOf,
  descriptorOf,
  digestOf,
  layoutOf,
  legacyArchive,
  MANIFEST,
  sampleImage,
} from '../support/image-files.ts'
import { written } from '../support/opened.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-image-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

const IMAGE = sampleImage({ layerBytes: [100, 5000, 900] })
const LAYOUT = layoutOf([IMAGE], [descriptorOf(IMAGE.manifest, MANIFEST)])
const folder = written(join(FOLDER, 'layout'), LAYOUT)
const archive = join(FOLDER, 'archive.tar.gz')
writeFileSync(archive, gzipSync(legacyArchive(IMAGE)))

function ask(...args: string[]): ReturnType<typeof stella> {
  return stella(['image', ...args])
}

function sum(blobs: readonly Buffer[]): number {
  return blobs.reduce((total, { length }) => total + length, 0)
}

test('a script gets the size, the layers and the digests', async () => {
  const { code, out } = await ask('inspect', folder, '--format', 'json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    schema: 'stella.image/1',
    size: sum(IMAGE.blobs),
    digest: IMAGE.manifestDigest,
    configDigest: digestOf(IMAGE.config),
    platform: { os: 'linux', architecture: 'amd64', variant: null },
    created: '2026-03-01T12:00:00.000Z',
    manifest: { mediaType: MANIFEST, layerCount: 3, fileCount: 3 },
    config: { entrypoint: ['/app'], environmentNames: ['PATH', 'API_TOKEN'], user: '1000' },
    layers: IMAGE.blobs.map((blob, index) => ({
      index,
      size: blob.length,
      digest: digestOf(blob),
      diffId: IMAGE.diffIds[index],
      createdBy: `COPY file-${index} /`,
    })),
  })
  expect(out).not.toContain('hunter2')
  expect((await ask('inspect', folder, '--json')).out).toBe(out)
})

test('people get a few lines, without what is secret', async () => {
  const { out } = await ask('inspect', archive)
  expect(out).toMatch(/^\S+archive.tar.gz: 11 KiB in 3 layers, linux\/amd64\n/)
  expect(out).toContain('environment  PATH API_TOKEN')
  expect(out).not.toContain('hunter2')
  expect((await ask('inspect', archive, '--quiet')).out.split('\n')).toHaveLength(2)
})

test('layers stand as they lie, or by their size', async () => {
  const column = async (...flags: string[]): Promise<string[]> => {
    const { out } = await ask('layers', archive, ...flags)
    return out
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim().split(/\s+/)[0] ?? '')
  }
  expect(await column()).toEqual(['1', '2', '3'])
  expect(await column('--sort-by', 'size')).toEqual(['2', '3', '1'])
  const { out } = await ask('layers', archive, '--sort-by', 'size', '--json')
  expect(JSON.parse(out)).toMatchObject({
    schema: 'stella.layers/1',
    layers: [{ index: 1 }, { index: 2 }, { index: 0 }],
  })
})

test('every digest is checked where that is asked for', async () => {
  for (const place of [folder, archive]) {
    const { code, out } = await ask('inspect', place, '--check-integrity')
    expect(code).toBe(0)
    expect(out).toContain('every digest is right')
  }
  const blob = Buffer.from(IMAGE.blobs[1] ?? [])
  blob[2000] = (blob[2000] ?? 0) ^ 1
  const path = `blobs/${digestOf(IMAGE.blobs[1] ?? Buffer.alloc(0)).replace(':', '/')}`
  const damaged = new Map([...LAYOUT, [path, blob]])
  const places = [
    written(join(FOLDER, 'damaged'), damaged),
    join(FOLDER, 'damaged.tar'),
    join(FOLDER, 'damaged.tar.gz'),
  ]
  writeFileSync(places[1] ?? '', archiveOf(damaged))
  writeFileSync(places[2] ?? '', gzipSync(archiveOf(damaged)))
  for (const place of places) {
    expect((await ask('inspect', place)).code).toBe(0)
    const { code, err } = await ask('inspect', place, '--check-integrity')
    expect(code).toBe(2)
    expect(err).toMatch(/its digest is not|it is damaged/)
  }
})

test.each([
  [['inspect'], 2, /IMAGE/],
  [['inspect', folder, '--platform', 'x/y/z/a'], 2, /it is no platform/],
  [['inspect', 'Not An Image'], 2, /it is no name of an image/],
  [['layers', './missing.tar'], 3, /no image at this path/],
  [['layers', archive, '--sort-by', 'name'], 2, /size/],
])('%j ends with %i', async (args, code, complaint) => {
  const answer = await ask(...args)
  expect(answer.code).toBe(code)
  expect(answer.err).toMatch(complaint)
  expect(answer.out).toBe('')
})
