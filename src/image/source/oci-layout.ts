/** https://github.com/opencontainers/image-spec/blob/main/image-layout.md, in a folder or an archive. */
import { usageError } from '../../model/errors.ts'
import type { Descriptor } from '../../model/image.ts'
import type { ContentStore, Member, Members } from './content.ts'
import { readManifest } from './documents.ts'
import type { Absent, OpenedImage } from './image.ts'
import { choosePlatform, isAttestation } from './platform.ts'
import { sameImage } from './registry-name.ts'
import { resolveImage, type Wanted } from './resolve.ts'

export const LAYOUT_INDEX = 'index.json'

/**
 * @param tag which image of several: a tag, a full name or a digest; null: the only one
 * @throws StellaError 2
 */
export async function openLayout<Place>(
  members: Members<Place>,
  tag: string | null,
  wanted: Wanted,
): Promise<OpenedImage<Place | Absent>> {
  const member = await members.find(LAYOUT_INDEX)
  if (member === null) {
    throw usageError(
      'it has no index.json',
      members.name,
      'name an OCI layout, as skopeo, buildah and docker buildx write it',
    )
  }
  const where = `index.json of ${members.name}`
  const read = readManifest(await member.read(), null, where)
  if (read.kind === 'manifest') throw usageError('it is no index', where, 'get the image again')
  const root = chooseEntry(read.index.manifests, tag, wanted)
  return resolveImage(layoutStore(members), root, wanted)
}

/** The names of an entry: by the specification, and by containerd and Docker. */
function namesOf({ annotations, digest }: Descriptor): string[] {
  const names = [
    annotations['org.opencontainers.image.ref.name'],
    annotations['io.containerd.image.name'],
    digest,
  ]
  return names.filter((name) => name !== undefined)
}

function chooseEntry(
  manifests: readonly Descriptor[],
  tag: string | null,
  wanted: Wanted,
): Descriptor {
  const images = new Map<string, Descriptor>()
  for (const entry of manifests) {
    const isNamed = tag === null || namesOf(entry).some((name) => sameImage(name, tag))
    if (isNamed && !isAttestation(entry)) images.set(entry.digest, entry)
  }
  const [first, second] = images.values()
  if (first !== undefined && second === undefined) return first
  const entries = [...images.values()]
  // The same image for several platforms, without an index of its own.
  if (second !== undefined && entries.every(({ platform }) => platform !== null)) {
    return choosePlatform(entries, wanted.platform, wanted.name)
  }
  const known = manifests.flatMap((entry) => namesOf(entry)[0] ?? [])
  const names = [...new Set(known)].slice(0, 20).join(', ')
  throw usageError(
    tag === null
      ? `it holds ${images.size} images`
      : `it holds ${images.size === 0 ? 'no' : 'more than one'} image ${tag}`,
    wanted.name,
    names === '' ? 'name another file' : `name one, as in oci:PATH:TAG, of: ${names}`,
  )
}

function layoutStore<Place>(members: Members<Place>): ContentStore<Place | Absent> {
  return {
    async document({ digest, sizeBytes }) {
      const member = await found(members, digest)
      // Not read where it is longer than it should be.
      if (member.sizeBytes !== sizeBytes) {
        throw wrongSize(member, { digest, sizeBytes }, members.name)
      }
      return member.read()
    },
    async layer({ digest, sizeBytes, urls, mediaType }, what) {
      const member = await members.find(blobPath(digest))
      if (member === null) {
        if (urls.length === 0 && !/foreign|nondistributable/.test(mediaType)) {
          throw missing(what, digest)
        }
        const says = `the ${what} may not be passed on, and is not in ${members.name}`
        return { blob: { kind: 'absent', says }, compression: 'unknown' }
      }
      if (member.sizeBytes !== sizeBytes) throw wrongSize(member, { digest, sizeBytes }, what)
      return { blob: member.blob, compression: member.compression }
    },
  }
}

/** Digests were checked: there is nothing in them that could lead out of the folder. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

async function found(members: Members<unknown>, digest: string): Promise<Member<unknown>> {
  const member = await members.find(blobPath(digest))
  if (member === null) throw missing(members.name, digest)
  return member
}

function missing(where: string, digest: string): Error {
  return usageError(`${digest} is missing`, where, 'the image is not whole: get it again')
}

function wrongSize(
  { sizeBytes }: Member<unknown>,
  expected: { digest: string; sizeBytes: number },
  where: string,
): Error {
  return usageError(
    `${expected.digest} has ${sizeBytes} bytes, and ${expected.sizeBytes} are stated`,
    where,
    'the image is damaged: get it again',
  )
}
