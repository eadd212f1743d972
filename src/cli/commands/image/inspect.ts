import { formatBytes } from '../../../model/bytes.ts'
import { platformText } from '../../../model/image.ts'
import { knownSummaries, readSummaries } from '../../../app/scan/summaries.ts'
import type { Summaries } from '../../../app/scan/summaries.ts'
import type { OpenedImage, OpenedSource } from '../../../image/source/image.ts'
import { printable } from '../../../report/printable.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { imageDocument, storedBytes } from './document.ts'
import { layerCacheFolder } from '../../layer-cache.ts'
import type { NamedImage } from '../../../app/scan/open.ts'
import type { ImageFlags } from './flags.ts'
import { passedOver, withImage } from './with-image.ts'

export interface InspectFlags extends ImageFlags {
  checkIntegrity?: boolean
}

/** `stella image inspect`. */
export async function inspectImage(
  this: CliContext,
  flags: InspectFlags,
  named: NamedImage,
): Promise<void> {
  const isChecked = flags.checkIntegrity === true
  const isDocument = flags.json === true || flags.format === 'json'
  const cacheFolder = layerCacheFolder(this.io.env)
  let summaries: Summaries | null = null
  const image = await withImage(this, named, flags, async (source, signal) => {
    if (isChecked) {
      const { checkIntegrity } = await import('../../../image/source/integrity.ts')
      return checkIntegrity(source, signal)
    }
    if (!isDocument || !isAtHand(source)) return passedOver(source, signal)
    const read = await readSummaries(source, { cacheFolder, leavesOut: true, signal })
    summaries = read.summaries
    return read.image
  })
  if (isDocument) {
    const known = summaries ?? knownSummaries(image, cacheFolder)
    const integrity = isChecked ? { integrity: integrityOf(image) } : {}
    const document = { ...imageDocument(image, known), ...integrity }
    this.io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  const lines = [headline(image), ...(flags.quiet === true ? [] : about(image, isChecked))]
  this.io.out(`${lines.join('\n')}\n`)
}

/** Its files can be counted without a network. */
function isAtHand(source: OpenedSource): boolean {
  return (
    source.kind === 'forward' ||
    source.image.layers.every(({ blob }) => blob.kind === 'file' || blob.kind === 'folder')
  )
}

/** A layer that is not there has no digest that could be wrong. */
function integrityOf({ layers }: OpenedImage): 'checked' | 'incomplete' {
  return layers.some(({ blob }) => blob.kind === 'absent') ? 'incomplete' : 'checked'
}

function headline({ name, layers, platform }: OpenedImage): string {
  const size = storedBytes(layers)
  const count = `${layers.length} layer${layers.length === 1 ? '' : 's'}`
  return [
    `${printable(name)}: ${size === null ? 'a folder' : `${formatBytes(size)} in ${count}`}`,
    ...(platform === null ? [] : [printable(platformText(platform))]),
  ].join(', ')
}

const INTEGRITY_WORDS = {
  checked: 'every digest is right',
  incomplete: 'every digest of what is there is right; layers are missing',
}

function about(image: OpenedImage, isChecked: boolean): string[] {
  const { digest, configDigest, config, layers } = image
  const rows: (readonly [string, string | null])[] = [
    ['digest', digest],
    ['config', configDigest],
    ['created', config?.created ?? null],
    ['starts', words([...(config?.entrypoint ?? []), ...(config?.command ?? [])])],
    ['user', config?.user ?? null],
    ['folder', config?.workingDirectory ?? null],
    ['environment', words(config?.environmentNames ?? [])],
    ['integrity', isChecked ? INTEGRITY_WORDS[integrityOf(image)] : null],
    ...layers.flatMap(({ blob }): [string, string][] =>
      blob.kind === 'absent' ? [['missing', blob.says]] : [],
    ),
  ]
  const told = rows.flatMap(([what, says]) =>
    says === null || says === '' ? [] : [[`  ${what}`, printable(says)]],
  )
  return textTable([], told)
}

function words(list: readonly string[]): string {
  return list.slice(0, 100).join(' ')
}
