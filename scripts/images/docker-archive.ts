/** Writes an image as `docker save` did before version 25: layers without compression. */
import { createHash } from 'node:crypto'
import { configOf } from './config.ts'
import type { Layer } from './image.ts'
import { headerOf, tarOf } from './tar.ts'

/** What tells of the layers comes behind them, for their digests are only known then. */
export async function* dockerArchive(
  name: string,
  layers: readonly Layer[],
): AsyncGenerator<Uint8Array> {
  const diffIds: string[] = []
  const paths: string[] = []
  for (const [at, layer] of layers.entries()) {
    const path = `${String(at).padStart(3, '0')}/layer.tar`
    const hash = createHash('sha256')
    yield headerOf({ path, body: { bytes: layer.bytes, chunks: () => [] } })
    for await (const chunk of layer.chunks()) {
      hash.update(chunk)
      yield chunk
    }
    if (layer.bytes % 512 !== 0) yield Buffer.alloc(512 - (layer.bytes % 512))
    diffIds.push(`sha256:${hash.digest('hex')}`)
    paths.push(path)
  }
  const config = JSON.stringify(configOf(layers, diffIds))
  const configPath = `${createHash('sha256').update(config).digest('hex')}.json`
  const manifest = [{ Config: configPath, RepoTags: [`${name}:latest`], Layers: paths }]
  yield* tarOf([
    { path: configPath, body: config },
    { path: 'manifest.json', body: JSON.stringify(manifest) },
  ])
}
