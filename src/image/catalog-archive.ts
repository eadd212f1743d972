/** Reads the layers of an archive that passes by once. Which of its members are layers may be known only at its end. */
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { StellaError } from '../model/errors.ts'
import { CATALOGERS } from '../sbom/catalogers/index.ts'
import type { CataloguedLayers } from './catalog-image.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { carryOutJob } from './layer/job.ts'
import { LayerError, named } from './layer/layer-error.ts'
import type {
  ForwardArchive,
  ForwardMember,
  ImageLayer,
  OpenedImage,
  PassedPlace,
} from './source/image.ts'
import { isOfTheImage, leaveOut } from './left-out.ts'
import { layerName } from './source/resolve.ts'
import type { SquashedLayer } from './squash/squash.ts'

/** A member that was read as if it were a layer. */
type Passed =
  | { ok: true; diffId: string | null; fragment: string }
  /** It is none, or a damaged one: what counts is whether the image names it. */
  | { ok: false; error: LayerError | StellaError }

/** @throws StellaError 2 where a layer is damaged, or another than the image says; what the archive throws */
export async function catalogArchive(
  archive: ForwardArchive,
  options: CatalogOptions,
): Promise<CataloguedLayers & { image: OpenedImage }> {
  const own = mkdtempSync(join(options.scratchFolder, 'stella-image-'))
  const close = (): void => rmSync(own, { recursive: true, force: true })
  const passed = new Map<string, Passed>()
  try {
    for await (const member of archive.members(options.signal)) {
      passed.set(
        member.path,
        await readMember(member, join(own, String(passed.size)), own, options),
      )
      const { sizeBytes } = member
      options.onLayer?.({ done: passed.size, of: null, wasKnown: false, at: null, sizeBytes })
    }
    const image = await archive.resolve()
    let leftOut = 0
    const layers = image.layers.map((layer, at) => {
      const what = layerName(at, image.name)
      try {
        return { ...kept(taken(layer, passed, what), options), wasKnown: false }
      } catch (error) {
        if (options.leavesOut !== true || !isOfTheImage(error)) throw error
        if (++leftOut === image.layers.length) throw error
        return { diffId: layer.diffId, fragment: leaveOut(own, at, error), wasKnown: false }
      }
    })
    options.store?.tidy()
    return { image, layers, hits: 0, misses: layers.length, close }
  } catch (error) {
    close()
    throw error
  }
}

async function readMember(
  member: ForwardMember,
  base: string,
  own: string,
  options: CatalogOptions,
): Promise<Passed> {
  try {
    const { diffId } = await carryOutJob(
      {
        diffId: null,
        digest: null,
        compression: member.compression,
        place: { kind: 'chunks' },
        fragment: base,
        scratchFolder: own,
        checksAll: true,
      },
      {
        catalogers: options.catalogers ?? CATALOGERS,
        chunks: member.bytes(),
        signal: options.signal,
      },
    )
    return { ok: true, diffId, fragment: base }
  } catch (error) {
    const isLeftOut = options.leavesOut === true && isOfTheImage(error)
    if (error instanceof LayerError || isLeftOut) return { ok: false, error }
    throw error
  }
}

function taken(
  { blob, diffId }: ImageLayer<PassedPlace>,
  passed: ReadonlyMap<string, Passed>,
  what: string,
): SquashedLayer {
  const read = blob.kind === 'member' ? passed.get(blob.path) : undefined
  if (read === undefined) throw named(new LayerError('is not in the archive', null), what)
  if (!read.ok) throw named(read.error, what)
  if (diffId !== null && read.diffId !== diffId) {
    throw named(new LayerError(`is not ${diffId}`, null), what)
  }
  return { diffId: read.diffId, fragment: read.fragment }
}

/** The next image on this base need not read it. */
function kept(layer: SquashedLayer, { store }: CatalogOptions): SquashedLayer {
  const { diffId, fragment } = layer
  if (store === null || diffId === null) return layer
  const known = store.find(diffId)
  // The same layer twice in one image: it was moved already.
  if (known !== null && !existsSync(fragment)) return { diffId, fragment: known }
  const place = store.placeOf(diffId)
  try {
    // The folders may lie on two file systems: a copy gets its name when it is whole.
    const part = `${place}.${process.pid}.part`
    copyFileSync(fragment, part)
    renameSync(part, place)
    rmSync(fragment)
    return { diffId, fragment: place }
  } catch {
    // It stays where it is, and is read again next time.
    return layer
  }
}
