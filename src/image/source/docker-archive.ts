/** What `docker save` and `podman save` write: a `manifest.json` that names the files of one or several images. */
import { usageError } from '../../model/errors.ts'
import type { ImageConfig } from '../../model/image.ts'
import type { Member, Members } from './content.ts'
import { sha256Of } from './digest.ts'
import { type ArchiveEntry, readArchiveManifest, readConfig } from './documents.ts'
import type { ImageLayer, OpenedImage } from './image.ts'
import { checkCount, checkPlatform, commandsOf, layerName, type Wanted } from './resolve.ts'
import { sameImage } from './registry-name.ts'

export const ARCHIVE_MANIFEST = 'manifest.json'

/**
 * @param image which of several; null: the only one
 * @throws StellaError 2
 */
export async function openArchiveEntry<Place>(
  members: Members<Place>,
  image: string | null,
  wanted: Wanted,
): Promise<OpenedImage<Place>> {
  const member = await members.find(ARCHIVE_MANIFEST)
  if (member === null) {
    const older = (await members.find('repositories')) !== null
    throw usageError(
      older ? 'it was written by a Docker before 1.10' : 'it has no manifest.json',
      members.name,
      "name an archive that a present 'docker save' wrote",
    )
  }
  const where = `manifest.json of ${members.name}`
  const entry = chooseEntry(readArchiveManifest(await member.read(), where), image, wanted)
  const { bytes, config } = await configOf(members, entry)
  checkPlatform(config.platform, wanted)
  return {
    name: wanted.name,
    digest: null,
    manifestMediaType: null,
    configDigest: sha256Of(bytes),
    platform: config.platform,
    config,
    layers: await layersOf(members, entry, config),
    close: async () => {},
  }
}

function chooseEntry(
  entries: readonly ArchiveEntry[],
  image: string | null,
  { name }: Wanted,
): ArchiveEntry {
  const named = entries.filter(
    ({ names }) => image === null || names.some((each) => sameImage(each, image)),
  )
  const [only, second] = named
  if (only !== undefined && second === undefined) return only
  const known = entries.flatMap(({ names }) => names).slice(0, 20)
  throw usageError(
    image === null ? `it holds ${named.length} images` : `it holds no single image ${image}`,
    name,
    known.length === 0
      ? 'name another file'
      : `name one, as in docker-archive:PATH:NAME, of: ${known.join(', ')}`,
  )
}

/** The file of a config is named by its digest: `<sha256>.json`, or `blobs/sha256/<sha256>`. */
async function configOf(
  members: Members<unknown>,
  { config: path }: ArchiveEntry,
): Promise<{ bytes: Uint8Array; config: ImageConfig }> {
  const where = `config of ${members.name}`
  const bytes = await (await found(members, path, where)).read()
  const [, stated = null] = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(path) ?? []
  if (stated !== null && sha256Of(bytes) !== `sha256:${stated}`) {
    throw usageError(
      `its digest is not the one of its name, sha256:${stated}`,
      where,
      'the archive was damaged or changed: save the image again',
    )
  }
  return { bytes, config: readConfig(bytes, where) }
}

async function layersOf<Place>(
  members: Members<Place>,
  entry: ArchiveEntry,
  config: ImageConfig,
): Promise<ImageLayer<Place>[]> {
  checkCount(entry.layers.length, config, members.name)
  const commands = commandsOf(config)
  const layers: ImageLayer<Place>[] = []
  for (const [at, path] of entry.layers.entries()) {
    const what = layerName(at, members.name)
    const { blob, sizeBytes, compression, seenDigest } = await found(members, path, what)
    const diffId = config.diffIds[at] ?? null
    const isOther = seenDigest !== null && diffId?.startsWith('sha256:') && seenDigest !== diffId
    if (compression === 'none' && isOther) {
      throw usageError(
        `its digest is not ${diffId}`,
        what,
        'it was damaged or changed: get the image again',
      )
    }
    const [, stated = null] = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(path) ?? []
    layers.push({
      diffId,
      // A tar without compression is its own blob.
      digest: stated === null ? (compression === 'none' ? diffId : null) : `sha256:${stated}`,
      sizeBytes,
      compression,
      createdBy: commands[at] ?? null,
      blob,
    })
  }
  return layers
}

async function found<Place>(
  members: Members<Place>,
  path: string,
  what: string,
): Promise<Member<Place>> {
  const member = await members.find(path)
  if (member !== null) return member
  throw usageError(
    `${path.slice(0, 200)} is missing`,
    what,
    'the archive is not whole: save the image again',
  )
}
