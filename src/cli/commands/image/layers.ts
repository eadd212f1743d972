import { formatBytes } from '../../../model/bytes.ts'
import type { LayerSummary } from '../../../image/layer/fragment.ts'
import type { ImageLayer } from '../../../image/source/image.ts'
import { printable } from '../../../report/printable.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { layerDocument } from './document.ts'
import type { NamedImage } from '../../../app/scan/open.ts'
import type { ImageFlags } from './flags.ts'
import { counted } from './counted.ts'

export interface LayersFlags extends ImageFlags {
  sortBy?: 'size' | 'file-count'
}

interface Numbered {
  at: number
  layer: ImageLayer
  summary: LayerSummary | null
}

const COMMAND_CHARACTERS = 60
const NAME_CHARACTERS = 'sha256:'.length + 12

/** `stella image layers`. */
export async function listLayers(
  this: CliContext,
  flags: LayersFlags,
  named: NamedImage,
): Promise<void> {
  const isCounted = flags.sortBy === 'file-count'
  const { image, summaries } = await counted(this, flags, named, isCounted)
  const all = image.layers.map((layer, at) => ({ at, layer, summary: summaries[at] ?? null }))
  const layers = flags.sortBy === undefined ? all : all.toSorted(isCounted ? byFiles : bySize)
  if (flags.json === true || flags.format === 'json') {
    const document = {
      /** What `stella image layers --json` prints. */
      schema: 'stella.layers/1',
      name: image.name,
      layers: layers.map(({ layer, at, summary }) => layerDocument(layer, at, summary)),
    }
    this.io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  const head = flags.quiet === true ? [] : ['Layer', 'Size', 'Files', 'Diff id', 'Made by']
  for (const line of textTable(head, layers.map(rowOf), [0, 1, 2])) this.io.out(`${line}\n`)
}

function byFiles(one: Numbered, other: Numbered): number {
  return (other.summary?.files ?? -1) - (one.summary?.files ?? -1) || one.at - other.at
}

/** The largest first; what does not say its size comes last. */
function bySize(one: Numbered, other: Numbered): number {
  const [first, second] = [one.layer.sizeBytes ?? -1, other.layer.sizeBytes ?? -1]
  return second - first || one.at - other.at
}

function rowOf({ at, layer, summary }: Numbered): string[] {
  const { sizeBytes, diffId, createdBy } = layer
  return [
    String(at + 1),
    sizeBytes === null ? '?' : formatBytes(sizeBytes),
    summary === null ? '?' : String(summary.files),
    diffId?.slice(0, NAME_CHARACTERS) ?? '',
    printable((createdBy ?? '').slice(0, COMMAND_CHARACTERS)),
  ]
}
