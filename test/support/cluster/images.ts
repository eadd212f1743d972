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
  const folder = `${archive}.${process.pid}.new`
  mkdirSync(folder)
  try {
    linkSync(layer, join(folder, 'layer.tar'))
    const entry = (name: string, config: object): object => {
      const text = JSON.stringify(imageConfig(layer, config))
      const file = `${createHash('sha256').update(text).digest('hex')}.json`
      writeFileSync(join(folder, file), text)
      return { Config: file, RepoTags: [name], Layers: ['layer.tar'] }
    }
    const entries = [entry(podImage(recipe), {})]
    if (recipe === HOG_IMAGE)
      entries.push(entry(PAUSE_IMAGE, { Entrypoint: ['/usr/bin/hog', 'stay'] }))
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(entries))
    run(['sh', '-c', 'cd "$0" && tar -cf archive *', folder])
    renameSync(join(folder, 'archive'), archive)
    return archive
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function imageConfig(layer: string, config: object): object {
  const digest = createHash('sha256').update(readFileSync(layer)).digest('hex')
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Env: ['PATH=/usr/bin:/bin'], ...config },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  }
}
