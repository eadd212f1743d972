import { unreachableError } from '../../model/errors.ts'
import type { ImageReference, RegistryName } from '../../model/image.ts'
import { collected } from './collected.ts'
import type { ImageEngine } from './engine.ts'
import type { OpenedSource } from './image.ts'
import { openPassing, openPath, openPathIfImage, splitPlace } from './open-path.ts'
import { parseRegistryName } from './registry-name.ts'
import type { Patience } from './registry/patience.ts'
import type { Wanted } from './resolve.ts'
import { openRootFolder } from './root-folder.ts'

/** What an image can be had from, as the outside gives it. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  /** Those that may be on this machine, in the order they are asked. */
  engines(name: 'docker' | 'podman'): readonly ImageEngine[]
  stdin(): AsyncIterable<Uint8Array>
  signal: AbortSignal
  /** Shorter in tests. */
  patience?: Patience
}

/**
 * Opens what the user named. No layer is read yet.
 *
 * @throws StellaError 2 where it is no image, 3 where it cannot be had
 */
export async function openImage(
  reference: ImageReference,
  wanted: Wanted,
  surroundings: Surroundings,
): Promise<OpenedSource> {
  switch (reference.kind) {
    case 'stdin':
      return openPassing(
        collected(surroundings.stdin()),
        { name: 'standard input', form: 'any', inside: null },
        wanted,
      )
    case 'dir':
      return { kind: 'image', image: openRootFolder(reference.path, wanted.name) }
    case 'docker-archive':
    case 'oci':
    case 'oci-archive': {
      const form = reference.kind === 'docker-archive' ? 'docker-archive' : 'oci'
      return openPath({ ...splitPlace(reference.place), form }, wanted)
    }
    case 'registry':
      return openFromRegistry(reference.name, wanted, surroundings)
    case 'engine':
      return openFromEngine(reference, wanted, surroundings)
    case 'bare':
      return openBare(reference.text, wanted, surroundings)
  }
}

/** Loaded when it is needed: the local kinds do without it. */
async function openFromRegistry(
  name: RegistryName,
  wanted: Wanted,
  { env, signal, patience }: Surroundings,
): Promise<OpenedSource> {
  const { openRegistryImage } = await import('./registry/open.ts')
  const options = { env, signal, ...(patience === undefined ? {} : { patience }) }
  return { kind: 'image', image: await openRegistryImage(name, wanted, options) }
}

async function openFromEngine(
  { engine, name }: { engine: 'docker' | 'podman'; name: string },
  wanted: Wanted,
  surroundings: Surroundings,
): Promise<OpenedSource> {
  const asked = await askEngines(surroundings.engines(engine), name, surroundings.signal)
  if (asked.found !== null) return saved(asked.found, name, wanted, surroundings.signal)
  const [problem] = asked.problems
  throw unreachableError(
    asked.hasAnswered ? `there is no image ${name}` : (problem ?? `there is no ${engine} here`),
    engine,
    asked.hasAnswered
      ? `see which there are with '${engine} images', or pull it first`
      : `see that ${engine} runs, and that you may use it`,
  )
}

/** A path that holds an image, an image of an engine, an image of a registry: whichever is found first. */
async function openBare(
  text: string,
  wanted: Wanted,
  surroundings: Surroundings,
): Promise<OpenedSource> {
  const local = await openPathIfImage(text, wanted)
  if (local !== null) return local
  if (/^(?:\.{0,2}\/|~)/.test(text)) {
    throw unreachableError(
      'there is no image at this path',
      text,
      'name an archive, a folder with an OCI layout, or dir:PATH',
    )
  }
  const name = parseRegistryName(text)
  for (const engine of ['docker', 'podman'] as const) {
    const engines = surroundings.engines(engine)
    const { found } = await askEngines(engines, text, surroundings.signal)
    if (found !== null) return saved(found, text, wanted, surroundings.signal)
  }
  return openFromRegistry(name, wanted, surroundings)
}

function saved(
  engine: ImageEngine,
  image: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<OpenedSource> {
  return openPassing(
    collected(engine.save(image, wanted.platform, signal)),
    { name: `${engine.name}:${image}`, form: 'any', inside: null },
    wanted,
  )
}

async function askEngines(
  engines: readonly ImageEngine[],
  image: string,
  signal: AbortSignal,
): Promise<{ found: ImageEngine | null; hasAnswered: boolean; problems: readonly string[] }> {
  const problems: string[] = []
  let hasAnswered = false
  for (const engine of engines) {
    const has = await engine.has(image, signal)
    if (has.outcome === 'yes') return { found: engine, hasAnswered: true, problems }
    if (has.outcome === 'no') hasAnswered = true
    else problems.push(has.says)
  }
  return { found: null, hasAnswered, problems }
}
