import { usageError } from '../../../model/errors.ts'
import type { Descriptor, RegistryName } from '../../../model/image.ts'
import { collected } from '../collected.ts'
import type { ContentStore } from '../content.ts'
import type { BlobPlace, OpenedImage } from '../image.ts'
import { resolveImage, type Wanted } from '../resolve.ts'
import { blobBytes, type BlobSource } from './blob.ts'
import { RegistryClient } from './client.ts'
import type { Patience } from './patience.ts'
import { useProxies } from './proxies.ts'
import { send } from './send.ts'

export interface RegistryOptions {
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  /** Shorter in tests. */
  patience?: Patience
}

/**
 * An image of a registry. Only its documents are read; layers come when they are opened.
 *
 * @throws StellaError 2, 3
 */
export async function openRegistryImage(
  name: RegistryName,
  wanted: Wanted,
  { env, signal, patience }: RegistryOptions,
): Promise<OpenedImage<BlobPlace>> {
  useProxies(env)
  const client = new RegistryClient(name, env, patience)
  const { descriptor, bytes } = await client.manifest(name, signal)
  return resolveImage(registryStore(client, signal), descriptor, wanted, bytes)
}

function registryStore(client: RegistryClient, signal: AbortSignal): ContentStore<BlobPlace> {
  return {
    document: (descriptor) => client.document(descriptor, signal),
    layer: async (descriptor, what) => ({
      blob: blobOf(client, descriptor, what),
      compression: null,
    }),
  }
}

function blobOf(client: RegistryClient, descriptor: Descriptor, what: string): BlobPlace {
  const { digest, sizeBytes, urls } = descriptor
  async function* open(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const sources = [
      ...(await client.blobSources(digest, signal)),
      ...urls.slice(0, MAX_URLS).map((url) => elsewhere(url, client.patience)),
    ]
    const expected = { digest, sizeBytes, what }
    yield* collected(blobBytes(sources, expected, client.patience, signal))
  }
  return { kind: 'stream', open }
}

const MAX_URLS = 4

/** Layers that a registry may not pass on are had from where their maker gives them, as Docker does: by TLS, and as anybody. */
function elsewhere(url: string, patience: Patience): BlobSource {
  return {
    where: URL.canParse(url) ? new URL(url).host : 'nowhere',
    async open(range, signal) {
      if (!URL.canParse(url) || new URL(url).protocol !== 'https:') {
        throw usageError('a layer is to be had from an address without TLS', null, 'ask its maker')
      }
      const answer = await send({ url, headers: range, isInsecure: false, signal }, patience)
      if ([200, 206, 416].includes(answer.status)) return answer
      answer.stop()
      throw usageError(`its maker answers ${answer.status}`, new URL(url).host, 'try again later')
    },
  }
}
