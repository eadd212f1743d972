/** Layers and archives that are the same wherever they are packed. */
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageWords } from '../images/config.ts'
import { layerIn, type Layer } from '../images/image.ts'
import { writeLayout, type Descriptor } from '../images/layout.ts'
import { must } from '../lib/exec.ts'

export interface Packing {
  /** In seconds since 1970, for every file. */
  epoch: number
  /** The number of a user, and of a group. */
  owner: string
  /** What goes in, with all below it. */
  member: string
}

/** A layer of what `fill` lays into an empty folder. */
export async function layer(
  work: string,
  says: string,
  packing: Packing,
  fill: (root: string) => Promise<void> | void,
): Promise<Layer> {
  const root = mkdtempSync(join(work, 'layer-'))
  chmodSync(root, 0o755)
  await fill(root)
  const tar = `${root}.tar`
  await pack(root, tar, packing)
  return layerIn(says, tar)
}

/** Sorted, and without what differs between two machines: the same bytes for the same files. */
async function pack(folder: string, tar: string, { epoch, owner, member }: Packing): Promise<void> {
  const same = ['--sort=name', `--mtime=@${epoch}`, `--owner=${owner}`, `--group=${owner}`]
  const how = [...same, '--numeric-owner', '--format=gnu']
  await must('tar', [...how, '-C', folder, '-cf', tar, member])
}

/** An image as one file, in the form of OCI, which every engine loads under this name. */
export async function writeArchive(
  archive: string,
  layers: readonly Layer[],
  words: ImageWords & { name: string },
  work: string,
): Promise<void> {
  const layout = mkdtempSync(join(work, 'layout-'))
  chmodSync(layout, 0o755)
  await writeLayout(layout, layers, 'gzip', words)
  nameForEngines(layout, `${words.name}:${words.tag}`)
  await pack(layout, archive, { epoch: words.created, owner: '0', member: '.' })
}

/**
 * What `docker save` puts beside a layout: Docker before 25 loads nothing without `manifest.json`, and Podman takes the tag alone
 * for the name of the image where `index.json` does not say its whole name.
 */
function nameForEngines(layout: string, name: string): void {
  const read = (path: string): string => readFileSync(join(layout, path), 'utf8')
  const write = (path: string, content: object): void =>
    writeFileSync(join(layout, path), JSON.stringify(content))
  const blob = ({ digest }: Descriptor): string => `blobs/${digest.replace(':', '/')}`
  const index: Index = JSON.parse(read('index.json'))
  const { config, layers }: Manifest = JSON.parse(read(blob(index.manifests[0])))
  write('manifest.json', [
    { Config: blob(config), RepoTags: [name], Layers: layers.map((each) => blob(each)) },
  ])
  const named = { 'io.containerd.image.name': `docker.io/library/${name}` }
  const manifests = index.manifests.map((each) => ({
    ...each,
    annotations: { ...each.annotations, ...named },
  }))
  write('index.json', { ...index, manifests })
}

interface Index {
  manifests: [Descriptor & { annotations?: Readonly<Record<string, string>> }]
}

interface Manifest {
  config: Descriptor
  layers: readonly Descriptor[]
}
