import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { digestOf } from '../../../test/support/image-files.ts'
import type { Files } from '../../../test/support/image-files.ts'
import { layerTar } from '../../../test/support/layer-tar.ts'
import type { LayerEntry } from '../../../test/support/layered-images.ts'
import { open, written } from '../../../test/support/opened.ts'
import { imageOf, layout } from '../../../test/support/scanned-image.ts'
import type { ScannedLayer } from '../../model/scan-profile.ts'
import { closeSource } from '../../image/source/close.ts'
import { scanImage } from './scan-image.ts'
import { scannedLayers } from './scanned-layers.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-layers-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
let count = 0

const npm = (name: string): LayerEntry => ({
  path: `app/node_modules/${name}/package.json`,
  kind: 'file',
  text: JSON.stringify({ name, version: '1.0.0' }),
})
const ADDED = '{"name":"added","version":"1.0.0"}'
const BASE = layerTar([npm('kept'), npm('hidden'), { path: 'etc', kind: 'folder' }])
const UPPER = layerTar([
  { path: 'app/node_modules/.wh.hidden', kind: 'file', text: '' },
  { path: 'data', kind: 'file', text: 'x'.repeat(500) },
  { ...npm('added'), text: ADDED },
])

async function layersOf(
  files: Files,
  cacheFolder: string | null,
): Promise<{ layers: readonly ScannedLayer[]; packages: number }> {
  const source = await open(`oci:${written(join(FOLDER, String(count++)), files)}`)
  const scan = await scanImage(source, {
    cacheFolder,
    scratchFolder: FOLDER,
    leavesOut: true,
    version: '1.0.0',
    signal: new AbortController().signal,
  })
  try {
    return await scannedLayers(scan)
  } finally {
    scan.close()
    await closeSource(source)
  }
}

it('tells of each layer what it brought, and which of it is there in the end', async () => {
  const image = imageOf([BASE, UPPER])
  const { layers, packages } = await layersOf(layout(image), null)
  expect(packages).toBe(2)
  expect(layers).toMatchObject([
    { files: 2, packages: 1, wasKnown: false },
    { files: 2, packages: 1, wasKnown: false },
  ])
  expect(layers.map(({ diffId }) => diffId)).toEqual(image.diffIds)
  expect(layers.map(({ digest }) => digest)).toEqual(image.blobs.map(digestOf))
  expect(layers.map(({ storedBytes }) => storedBytes)).toEqual(
    image.blobs.map(({ length }) => length),
  )
  expect(layers[1]?.unpackedBytes).toBe(500 + ADDED.length)
})

it('tells what was known already: from another scan, or from below', async () => {
  const cache = join(FOLDER, 'cache')
  await layersOf(layout(imageOf([BASE])), cache)
  const { layers } = await layersOf(layout(imageOf([BASE, UPPER, UPPER])), cache)
  expect(layers).toMatchObject([
    { files: 2, packages: 1, wasKnown: true },
    { packages: 0, wasKnown: false },
    { packages: 1, wasKnown: true },
  ])
})

it('knows nothing of what is in a layer that cannot be read', async () => {
  const image = imageOf([BASE, UPPER])
  const [, above = Buffer.alloc(0)] = image.blobs
  const name = `blobs/sha256/${digestOf(above).slice(7)}`
  const damaged = Buffer.from(above).fill(0xff, 60, 90)
  const { layers } = await layersOf(new Map([...layout(image), [name, damaged]]), null)
  expect(layers).toMatchObject([
    { files: 2, packages: 2 },
    { files: null, unpackedBytes: null, packages: 0, wasKnown: false },
  ])
})
