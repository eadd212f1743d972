import type { HasImage, ImageEngine } from '../../image/source/engine.ts'
import { unreachableError } from '../../model/errors.ts'
import type { ImagePlatform } from '../../model/image.ts'
import type { Reader } from '../reader.ts'
import { failure } from './api.ts'
import type { Endpoint } from './endpoint.ts'
import { httpBody, httpGet } from './http.ts'

const LONGEST_QUESTION_MS = 10_000

/** The images of an engine behind the Docker Engine API; Podman's compatible API answers the same calls. */
export function apiImages(
  reader: Reader,
  name: 'docker' | 'podman',
  endpoint: Endpoint,
): ImageEngine {
  return {
    name,
    has: (image, signal) => hasImage(reader, name, endpoint, image, signal),
    save: (image, platform, signal) =>
      savedImage(reader, { name, endpoint }, { image, platform, signal }),
  }
}

async function hasImage(
  reader: Reader,
  name: string,
  endpoint: Endpoint,
  image: string,
  signal: AbortSignal,
): Promise<HasImage> {
  if (!isImageName(image)) return { outcome: 'no' }
  const path = `/images/${image.split('/').map(encodeURIComponent).join('/')}/json`
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_QUESTION_MS)])
  try {
    const { status } = await httpGet(reader, endpoint, { path, signal: limit, maxBytes: 0 })
    if (status === 200) return { outcome: 'yes' }
    if (status === 404) return { outcome: 'no' }
    return { outcome: 'unreachable', says: `${name} at ${endpoint.where} answers ${status}` }
  } catch (error) {
    signal.throwIfAborted()
    return { outcome: 'unreachable', says: failure(name, endpoint, error).says }
  }
}

/** What an engine takes for one; nothing of it can lead to another call. */
export function isImageName(image: string): boolean {
  return /^[A-Za-z0-9][\w.:@/+-]*$/.test(image) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(image)
}

async function* savedImage(
  reader: Reader,
  { name, endpoint }: { name: string; endpoint: Endpoint },
  {
    image,
    platform,
    signal,
  }: { image: string; platform: ImagePlatform | null; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const query = new URLSearchParams({ names: image })
  // Known from version 1.48 of the API on; older ones have one platform of each image.
  if (platform !== null) {
    const { os, architecture, variant } = platform
    query.set('platform', JSON.stringify({ os, architecture, variant: variant ?? undefined }))
  }
  try {
    const { status, body } = await httpBody(reader, endpoint, {
      path: `/images/get?${query.toString()}`,
      signal,
    })
    if (status !== 200) throw Object.assign(new Error(), { code: `status ${status}` })
    for await (const chunk of body) if (chunk instanceof Uint8Array) yield chunk
  } catch (error) {
    signal.throwIfAborted()
    throw unreachableError(
      failure(name, endpoint, error).says,
      `${name}:${image}`,
      `see that '${name} save' works`,
      { cause: error },
    )
  }
}
