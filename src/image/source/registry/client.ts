/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md, as far as pulling needs it. */
import { StellaError, unreachableError, usageError } from '../../../model/errors.ts'
import { type Descriptor, DIGEST, type RegistryName } from '../../../model/image.ts'
import { checkBytes, sha256Of } from '../digest.ts'
import { MAX_DOCUMENT_BYTES } from '../documents.ts'
import { ACCEPTED, INDEX_TYPES, MANIFEST_TYPES } from '../media-types.ts'
import { nameText } from '../registry-name.ts'
import { Authorization } from './authorization.ts'
import type { BlobSource } from './blob.ts'
import { bodyOf, BrokenBody } from './body.ts'
import { credentialsFor } from './credentials.ts'
import { type Endpoint, endpointsOf } from './endpoints.ts'
import { PATIENCE, type Patience, pauseAfter } from './patience.ts'
import { type Answer, outOfReach, send, shownUrl, speaksTls } from './send.ts'

export interface Repository {
  host: string
  repository: string
}

/** One repository, at whichever of its servers answers. */
export class RegistryClient {
  readonly patience: Patience
  readonly #name: Repository
  readonly #env: Readonly<Record<string, string | undefined>>
  #servers: Promise<readonly Server[]> | null = null

  constructor(
    name: Repository,
    env: Readonly<Record<string, string | undefined>>,
    patience: Patience = PATIENCE,
  ) {
    this.#name = name
    this.#env = env
    this.patience = patience
  }

  /**
   * The manifest of a tag or a digest. Its digest is counted, and not believed.
   *
   * @throws StellaError 2, 3
   */
  async manifest(
    { tag, digest }: Pick<RegistryName, 'tag' | 'digest'>,
    signal: AbortSignal,
  ): Promise<{ descriptor: Descriptor; bytes: Uint8Array }> {
    const path = `manifests/${digest ?? tag ?? 'latest'}`
    const what = `manifest of ${nameText({ ...this.#name, tag, digest })}`
    const verify = ({ bytes, headers }: Document): void => {
      const stated = digest ?? headers.get('docker-content-digest') ?? ''
      if (DIGEST.test(stated)) checkBytes(bytes, { digest: stated, sizeBytes: null, what })
    }
    const { bytes, headers } = await this.#document(path, { accept: ACCEPTED }, verify, signal)
    const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? ''
    const descriptor: Descriptor = {
      mediaType,
      digest: digest ?? sha256Of(bytes),
      sizeBytes: bytes.length,
      platform: null,
      annotations: {},
      urls: [],
    }
    return { descriptor, bytes }
  }

  /** A manifest or a config that a descriptor names; its digest was checked. */
  async document(descriptor: Descriptor, signal: AbortSignal): Promise<Uint8Array> {
    const { digest, mediaType, sizeBytes } = descriptor
    const isManifest = [...INDEX_TYPES, ...MANIFEST_TYPES].includes(mediaType)
    const path = `${isManifest ? 'manifests' : 'blobs'}/${digest}`
    const what = `${isManifest ? 'manifest' : 'config'} of ${nameText({ ...this.#name, tag: null, digest: null })}`
    const verify = ({ bytes }: Document): void => checkBytes(bytes, { digest, sizeBytes, what })
    const accept = isManifest ? { accept: ACCEPTED } : {}
    return (await this.#document(path, accept, verify, signal)).bytes
  }

  /** Every server that may have a blob, in their order. */
  async blobSources(digest: string, signal: AbortSignal): Promise<readonly BlobSource[]> {
    const servers = await this.#all(signal)
    return servers.map((server) => ({
      where: server.endpoint.host,
      open: (range, callSignal) => this.#get(server, `blobs/${digest}`, range, callSignal),
    }))
  }

  /** From the first server that gives the right one. */
  async #document(
    path: string,
    headers: Readonly<Record<string, string>>,
    verify: (document: Document) => void,
    signal: AbortSignal,
  ): Promise<Document> {
    let problem: unknown = null
    for (const server of await this.#all(signal)) {
      try {
        const document = await this.#whole(server, path, headers, signal)
        verify(document)
        return document
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof StellaError)) throw error
        // What a mirror does not have says nothing: the registry itself is asked last.
        problem = error
      }
    }
    throw problem
  }

  /** A small answer is asked for again from its beginning where it breaks off. */
  async #whole(
    server: Server,
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Document> {
    for (let failures = 1; ; failures += 1) {
      const answer = await this.#get(server, path, headers, signal)
      try {
        const bytes = await bodyOf(answer, MAX_DOCUMENT_BYTES, this.patience.idle, signal)
        if (bytes !== null) return { bytes, headers: answer.headers }
        throw usageError(
          'it has more than the 4 MiB that a document may have',
          server.url(path),
          'name another image',
        )
      } catch (error) {
        if (!(error instanceof BrokenBody)) throw error
        if (failures >= this.patience.attempts)
          throw outOfReach(server.url(path), error.code, error)
        await pauseAfter(failures, null, this.patience, signal)
      }
    }
  }

  /** @throws StellaError 3 for whatever is neither 200, 206 nor 416 */
  async #get(
    server: Server,
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { isInsecure } = server.endpoint
    const url = server.url(path)
    const answer = await server.authorization.call(
      (own) => send({ url, headers: { ...headers, ...own }, isInsecure, signal }, this.patience),
      signal,
    )
    if ([200, 206, 416].includes(answer.status)) return answer
    const said = await bodyOf(answer, MAX_DOCUMENT_BYTES, this.patience.idle, signal).catch(
      () => null,
    )
    throw refusal(answer.status, url, codeIn(said))
  }

  #all(signal: AbortSignal): Promise<readonly Server[]> {
    this.#servers ??= Promise.all(
      endpointsOf(this.#name.host, this.#env).map((endpoint) => this.#server(endpoint, signal)),
    )
    return this.#servers
  }

  async #server(named: Endpoint, signal: AbortSignal): Promise<Server> {
    const { repository } = this.#name
    const mayBePlain = named.isInsecure && named.base.startsWith('https:')
    const isPlain = mayBePlain && !(await speaksTls(named.base, signal, this.patience.answer))
    const base = isPlain ? named.base.replace(/^https:/, 'http:') : named.base
    const endpoint = { ...named, base }
    const lookUp = (): ReturnType<typeof credentialsFor> =>
      credentialsFor(endpoint.host, repository, this.#env, signal)
    return {
      endpoint,
      url: (path) => `${base}/v2/${repository}/${path}`,
      authorization: new Authorization({ endpoint, repository }, lookUp, this.patience),
    }
  }
}

interface Document {
  bytes: Uint8Array
  headers: Headers
}

interface Server {
  endpoint: Endpoint
  authorization: Authorization
  url(path: string): string
}

function refusal(status: number, url: string, code: string | null): Error {
  const says = code === null ? '' : ` (${code})`
  if (status === 404) {
    return unreachableError(
      `the registry has no such thing${says}`,
      shownUrl(url),
      'see that name and tag are right',
    )
  }
  if (status === 403) {
    return unreachableError(
      `the registry does not allow it${says}`,
      shownUrl(url),
      'ask its owner for the right to read it',
    )
  }
  return unreachableError(`the registry answers ${status}${says}`, shownUrl(url), 'try again later')
}

/** `{"errors":[{"code":"MANIFEST_UNKNOWN",…}]}`; the code alone, for what stands beside it may be anything. */
function codeIn(body: Uint8Array | null): string | null {
  const match = /"code"\s*:\s*"([A-Z_]{1,60})"/.exec(Buffer.from(body ?? []).toString())
  return match?.[1] ?? null
}
