import { existsSync, readdirSync, statSync, type Stats } from 'node:fs'
import { usageError } from '../../model/errors.ts'
import { packingOf } from '../../parsers/files/packing.ts'
import { peek } from '../../parsers/files/chunks.ts'
import { forwardTar } from './archive/forward.ts'
import { HEAD_BYTES, kindOf } from './archive/kind.ts'
import { filled, indexTar, withFile } from './archive/tar-index.ts'
import type { Members } from './content.ts'
import { ARCHIVE_MANIFEST, openArchiveEntry } from './docker-archive.ts'
import type { Absent, BlobPlace, OpenedImage, OpenedSource } from './image.ts'
import { fileChunks } from './file-chunks.ts'
import { folderMembers } from './layout-folder.ts'
import { LAYOUT_INDEX, openLayout } from './oci-layout.ts'
import type { Wanted } from './resolve.ts'
import { looksLikeRoot, openRootFolder } from './root-folder.ts'
import { unreadable } from './trouble.ts'
import { unpackedBytes } from './unpacked-bytes.ts'

/** What an archive or a folder is taken for; `any`: whatever its content says. */
export type Form = 'docker-archive' | 'oci' | 'any'

export interface Place {
  path: string
  /** Which image of several. */
  inside: string | null
  form: Form
}

/** `PATH` or `PATH:NAME`; a path may hold colons itself. */
export function splitPlace(place: string): { path: string; inside: string | null } {
  if (existsSync(place)) return { path: place, inside: null }
  for (let colon = place.indexOf(':'); colon !== -1; colon = place.indexOf(':', colon + 1)) {
    const path = place.slice(0, colon)
    if (path !== '' && existsSync(path)) return { path, inside: place.slice(colon + 1) || null }
  }
  return { path: place, inside: null }
}

/**
 * Opens an archive or a folder with an image.
 *
 * @throws StellaError 2 where it is none, 3 where it cannot be read
 */
export async function openPath(place: Place, wanted: Wanted): Promise<OpenedSource> {
  const { path } = place
  const found = statOf(path)
  if (found.isDirectory()) return { kind: 'image', image: await openFolder(place, wanted) }
  if (!found.isFile()) return openPassing(fileChunks(path, null), { ...place, name: path }, wanted)
  const head = await headOf(path)
  const isPlain = packingOf(head) === null && kindOf(head).kind === 'layer'
  if (isPlain) {
    return { kind: 'image', image: await openMembers(await indexTar(path), place, wanted) }
  }
  checkHead(head, path)
  return openPassing(fileChunks(path, null), { ...place, name: path }, wanted)
}

/**
 * What lies at a path, where that is an image by its content; null: it is something else, and may be a name.
 *
 * @throws StellaError as {@link openPath}
 */
export async function openPathIfImage(path: string, wanted: Wanted): Promise<OpenedSource | null> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return null
  if (found.isDirectory()) {
    const names = namesIn(path)
    if (!isLayout(names) && !looksLikeRoot(names)) return null
  } else if (found.isFile()) {
    const head = await headOf(path)
    if (packingOf(head) === null && kindOf(head).kind !== 'layer') return null
  }
  return openPath({ path, inside: null, form: 'any' }, wanted)
}

/**
 * An archive that passes by once, packed or not.
 *
 * @throws StellaError 2
 */
export async function openPassing(
  chunks: AsyncIterable<Uint8Array>,
  { name, form, inside }: { name: string; form: Form; inside: string | null },
  wanted: Wanted,
): Promise<OpenedSource> {
  const peeked = await peek(chunks, HEAD_BYTES).catch((error: unknown) => {
    throw unreadable(error, name)
  })
  const packing = packingOf(peeked.head)
  try {
    checkHead(Buffer.from(peeked.head), name)
  } catch (error) {
    await peeked.close()
    throw error
  }
  const bytes = packing === null ? peeked.all() : unpackedBytes(peeked.all(), packing, name)
  const archive = forwardTar(name, bytes, {
    choose: (members) => openMembers(members, { path: name, inside, form }, wanted),
    close: peeked.close,
  })
  return { kind: 'forward', archive }
}

async function openFolder(
  { path, inside, form }: Place,
  wanted: Wanted,
): Promise<OpenedImage<BlobPlace>> {
  if (form === 'oci' || isLayout(namesIn(path))) {
    return openLayout(folderMembers(path), inside, wanted)
  }
  if (form === 'any') return openRootFolder(path, wanted.name)
  throw usageError(
    'it is a folder',
    path,
    'name the archive, or the folder as oci:PATH or dir:PATH',
  )
}

/** Docker has written both kinds into one archive since version 25; the layout tells more. */
async function openMembers<Blob>(
  members: Members<Blob>,
  { inside, form }: Place,
  wanted: Wanted,
): Promise<OpenedImage<Blob | Absent>> {
  const hasLayout = form !== 'docker-archive' && (await members.find(LAYOUT_INDEX)) !== null
  if (form === 'oci' || hasLayout) return openLayout(members, inside, wanted)
  if (form === 'any' && (await members.find(ARCHIVE_MANIFEST)) === null) {
    throw usageError(
      'it is an archive, but not of an image',
      members.name,
      "name what 'docker save', 'podman save', skopeo or buildah wrote",
    )
  }
  return openArchiveEntry(members, inside, wanted)
}

function isLayout(names: readonly string[]): boolean {
  return names.includes('oci-layout') || (names.includes('index.json') && names.includes('blobs'))
}

/** @throws StellaError 2 where these are no bytes of an archive */
function checkHead(head: Buffer, name: string): void {
  if (packingOf(head) !== null || kindOf(head).kind === 'layer') return
  const packing = OTHER_PACKINGS.find(([start]) => head.toString('latin1').startsWith(start))
  if (packing !== undefined) {
    throw usageError(`it is packed with ${packing[1]}`, name, `unpack it first: ${packing[1]} -d`)
  }
  throw usageError(
    head.length === 0 ? 'it is empty' : 'it is no archive',
    name,
    "name what 'docker save', 'podman save', skopeo or buildah wrote",
  )
}

const OTHER_PACKINGS = [
  ['\xfd7zXZ\0', 'xz'],
  ['BZh', 'bzip2'],
] as const

async function headOf(path: string): Promise<Buffer> {
  return withFile(path, async (file) => {
    const { size } = await file.stat()
    const head = Buffer.alloc(Math.min(HEAD_BYTES, size))
    await filled(file, head, 0)
    return head
  })
}

function statOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    throw unreadable(error, path)
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    throw unreadable(error, path)
  }
}
