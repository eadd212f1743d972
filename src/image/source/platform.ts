import { platformText, type Descriptor, type ImagePlatform } from '../../model/image.ts'
import { usageError } from '../../model/errors.ts'

/** Go's names of architectures, which images use, by Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  ppc64: 'ppc64le',
  loong64: 'loong64',
  mips64el: 'mips64le',
}

/** What an engine of this machine would take; containers run on Linux on every host. */
export function hostPlatform(): ImagePlatform {
  const architecture = ARCHITECTURES[process.arch] ?? process.arch
  return normalised({ os: 'linux', architecture, variant: null })
}

/**
 * Reads `linux/arm64`, `linux/arm/v7`, or an architecture alone.
 *
 * @throws StellaError 2
 */
export function parsePlatform(text: string): ImagePlatform {
  const parts = text.toLowerCase().split('/')
  const [first = '', second, third] = parts
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) {
    throw usageError(
      'it is no platform',
      `--platform ${text.slice(0, 100)}`,
      'write it as linux/amd64, linux/arm64 or linux/arm/v7',
    )
  }
  if (second === undefined) return normalised({ os: 'linux', architecture: first, variant: null })
  return normalised({ os: first, architecture: second, variant: third ?? null })
}

/** Names that mean the same become one. https://github.com/containerd/platforms/blob/main/database.go */
export function normalised({ os, architecture, variant }: ImagePlatform): ImagePlatform {
  const found = NAMES[architecture]
  const name = found?.architecture ?? architecture
  const said = variant === null || variant === '' ? (found?.variant ?? null) : variant
  if (name === 'arm') return { os, architecture: name, variant: withV(said ?? 'v7') }
  if (name === 'arm64' && (said === 'v8' || said === '8')) {
    return { os, architecture: name, variant: null }
  }
  if (name === 'amd64' && said === 'v1') return { os, architecture: name, variant: null }
  return { os, architecture: name, variant: said }
}

const NAMES: Readonly<Record<string, { architecture: string; variant: string | null }>> = {
  x86_64: { architecture: 'amd64', variant: null },
  'x86-64': { architecture: 'amd64', variant: null },
  i386: { architecture: '386', variant: null },
  aarch64: { architecture: 'arm64', variant: null },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
}

function withV(variant: string): string {
  return /^\d/.test(variant) ? `v${variant}` : variant
}

/** Whether an image for `offered` runs where `wanted` is: the same, or an older variant of arm. */
export function isFit(offered: ImagePlatform, wanted: ImagePlatform): boolean {
  return fitness(offered, wanted) !== null
}

/** 0 is the same; more is worse; null does not run. */
function fitness(offered: ImagePlatform, wanted: ImagePlatform): number | null {
  const has = normalised(offered)
  if (has.os !== wanted.os || has.architecture !== wanted.architecture) return null
  if (has.variant === wanted.variant) return 0
  if (wanted.architecture === 'arm') {
    const older = armVersion(wanted.variant) - armVersion(has.variant)
    return older > 0 ? older : null
  }
  return has.variant === null ? 1 : null
}

function armVersion(variant: string | null): number {
  return Number.parseInt(variant?.replace(/^v/, '') ?? '', 10)
}

/** BuildKit keeps what it tells of a build beside the image, as a manifest for no platform. */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  if (annotations['vnd.docker.reference.type'] === 'attestation-manifest') return true
  return platform?.os === 'unknown' && platform.architecture === 'unknown'
}

/**
 * The entry of an index for a platform; without one, for this machine, or the only entry.
 *
 * @throws StellaError 2, with the platforms there are
 */
export function choosePlatform(
  manifests: readonly Descriptor[],
  wanted: ImagePlatform | null,
  name: string,
): Descriptor {
  const offered = manifests.filter((each) => !isAttestation(each))
  const target = wanted ?? hostPlatform()
  let best: { descriptor: Descriptor; worse: number } | null = null
  for (const descriptor of offered) {
    const worse = descriptor.platform === null ? null : fitness(descriptor.platform, target)
    if (worse !== null && worse < (best?.worse ?? Infinity)) best = { descriptor, worse }
  }
  if (best !== null) return best.descriptor
  const [only, second] = offered
  // An entry without a platform says in its config what it is for; that is checked later.
  const isOpen = wanted === null || only?.platform === null
  if (only !== undefined && second === undefined && isOpen) return only
  throw noSuchPlatform(offered, target, name)
}

function noSuchPlatform(
  offered: readonly Descriptor[],
  target: ImagePlatform,
  name: string,
): Error {
  const names = offered.flatMap(({ platform }) => (platform === null ? [] : platformText(platform)))
  const shown = [...new Set(names)].slice(0, 20).join(', ')
  return usageError(
    `there is no image for ${platformText(target)}`,
    name,
    shown === '' ? 'it names no platform at all' : `choose with --platform: ${shown}`,
  )
}
