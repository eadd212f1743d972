/** Images for a node, as `docker save` would write them. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { HOG_IMAGE, imageReference, imageTar } from '../images.ts'
import type { ImageRecipe } from '../images.ts'
import { run } from '../testbed.ts'
import { PAUSE_IMAGE } from './node.ts'

/** The name of an image in a pod. */
export function podImage(recipe: ImageRecipe = HOG_IMAGE): string {
  return `docker.io/${imageReference(recipe)}`
}

/** Gives an archive of the image; the one that holds our program also holds what keeps the namespaces of a pod. */
export async function imageArchive(recipe: ImageRecipe): Promise<string> {
  const layer = await imageTar(recipe)
  const archive = layer.replace(/\.tar$/, '.docker.tar')
  if (existsSync(archive)) return archive
  const keeper = { name: PAUSE_IMAGE, config: { Entrypoint: ['/usr/bin/hog', 'stay'] } }
  writeArchive(
    archive,
    [layer],
    [
      { name: podImage(recipe), config: { Env: ['PATH=/usr/bin:/bin'] } },
      ...(recipe === HOG_IMAGE ? [keeper] : []),
    ],
  )
  return archive
}

interface ImageOfLayers {
  name: string
  /** As a Dockerfile sets it: `Env`, `Entrypoint`, `User`. */
  config: object
}

/** Writes images of the same layers, each a tar file, the lowest first. */
export function writeArchive(
  archive: string,
  layers: readonly string[],
  images: readonly ImageOfLayers[],
): void {
  const folder = `${archive}.${process.pid}.new`
  mkdirSync(folder)
  try {
    const files = layers.map((layer, index) => {
      linkSync(layer, join(folder, `${index}.tar`))
      return `${index}.tar`
    })
    const entries = images.map(({ name, config }) => {
      const text = JSON.stringify(imageConfig(layers, config))
      const file = `${createHash('sha256').update(text).digest('hex')}.json`
      writeFileSync(join(folder, file), text)
      return { Config: file, RepoTags: [name], Layers: files }
    })
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(entries))
    run(['sh', '-c', 'cd "$0" && tar -cf archive *', folder])
    renameSync(join(folder, 'archive'), archive)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function imageConfig(layers: readonly string[], config: object): object {
  const digests = layers.map((layer) =>
    createHash('sha256').update(readFileSync(layer)).digest('hex'),
  )
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) },
  }
}
