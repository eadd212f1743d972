/** What layers show together, held against what umoci unpacks. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { npmInstalled } from '../../src/sbom/catalogers/npm-installed.ts'
import {
  CONFIG,
  descriptorOf,
  digestOf,
  json,
  LAYER,
  layoutFiles,
  INDEX,
  MANIFEST,
} from '../support/image-files.ts'
import { layeredImage } from '../support/layered-images.ts'
import { layerTar, squashed } from '../support/layer-tar.ts'
import { written } from '../support/opened.ts'
import { requireParts } from '../support/parts.ts'
import { run } from '../support/testbed.ts'

const IMAGES = 120
const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-umoci-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

describe.skipIf(requireParts('root', 'image-tools'))('images of many layers', () => {
  test('hold the packages that are there when umoci has unpacked them', async () => {
    for (let seed = 1; seed <= IMAGES; seed++) {
      const tars = layeredImage(seed).layers.map(layerTar)
      const found = await squashed(tars, [npmInstalled])
      expect({ seed, found }).toEqual({ seed, found: unpacked(tars, seed) })
    }
  })
})

/** Path and name of each package in the unpacked image. */
function unpacked(tars: readonly Buffer[], seed: number): Map<string, string> {
  const layout = join(FOLDER, `image-${seed}`)
  const root = join(FOLDER, `root-${seed}`)
  const config = json({
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: tars.map(digestOf) },
  })
  const manifest = json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptorOf(config, CONFIG),
    layers: tars.map((tar) => descriptorOf(tar, LAYER)),
  })
  const name = { annotations: { 'org.opencontainers.image.ref.name': 'latest' } }
  const index = json({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [descriptorOf(manifest, MANIFEST, name)],
  })
  written(layout, layoutFiles([config, manifest, ...tars], index))
  mkdirSync(root)
  run(['umoci', 'raw', 'unpack', '--image', `${layout}:latest`, root])
  try {
    return new Map(packagesIn(root, ''))
  } finally {
    rmSync(layout, { recursive: true })
    rmSync(root, { recursive: true })
  }
}

/** No link is followed. */
function* packagesIn(root: string, above: string): Generator<[string, string]> {
  for (const entry of readdirSync(join(root, above), { withFileTypes: true })) {
    const path = above === '' ? entry.name : `${above}/${entry.name}`
    if (entry.isDirectory()) yield* packagesIn(root, path)
    else if (entry.isFile() && entry.name === 'package.json') {
      const { name }: { name: string } = JSON.parse(readFileSync(join(root, path), 'utf8'))
      yield [path, name]
    }
  }
}
