/** Other scanners of images, where `node bench/scan/install-peers.ts` put them. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod/mini'
import { cacheFolder } from '../../scripts/lib/cache.ts'
import { must } from '../../scripts/lib/exec.ts'
import type { BuiltImage } from '../../scripts/images/build.ts'

export type Form = 'gzip' | 'uncompressed'

export interface Peer {
  name: 'syft' | 'trivy' | 'snyk-docker-plugin' | 'cdxgen'
  env: Readonly<Record<string, string>>
  /** Null: it does not read that form. */
  command(image: BuiltImage, form: Form, output: string): Promise<readonly string[] | null>
  /** Forgets what it knows of images. */
  forget(): void
}

export const PEERS_FOLDER = cacheFolder('scan-peers')
export const VERSIONS = {
  syft: '1.57.0',
  trivy: '0.74.0',
  'snyk-docker-plugin': '9.20.2',
  cdxgen: '12.8.4',
} as const

const RUN_SNYK = fileURLToPath(new URL('run-snyk.ts', import.meta.url))

/** Those that are installed. */
export function installedPeers(): readonly Peer[] {
  return [syft(), trivy(), snyk(), cdxgen()].filter((peer) => peer !== null)
}

function syft(): Peer | null {
  const program = join(PEERS_FOLDER, 'bin/syft')
  if (!existsSync(program)) return null
  return {
    name: 'syft',
    env: { SYFT_CHECK_FOR_APP_UPDATE: 'false' },
    async command({ oci, docker }, form, output) {
      const place = form === 'gzip' ? `oci-dir:${oci ?? ''}` : `docker-archive:${docker ?? ''}`
      return [program, 'scan', place, '--output', `cyclonedx-json=${output}`, '--quiet']
    },
    forget() {},
  }
}

/** Without what it knows of weaknesses: only what is in the image. */
function trivy(): Peer | null {
  const program = join(PEERS_FOLDER, 'bin/trivy')
  if (!existsSync(program)) return null
  const cache = join(PEERS_FOLDER, 'trivy-cache')
  const flags = '--format cyclonedx --quiet --offline-scan --skip-db-update --skip-java-db-update'
  return {
    name: 'trivy',
    env: { TRIVY_DISABLE_TELEMETRY: 'true', TRIVY_SKIP_VERSION_CHECK: 'true' },
    async command({ oci, docker }, form, output) {
      const input = (form === 'gzip' ? oci : docker) ?? ''
      const where = ['--input', input, '--cache-dir', cache, '--output', output]
      return [program, 'image', ...flags.split(' '), ...where]
    },
    forget: () => rmSync(join(cache, 'fanal'), { recursive: true, force: true }),
  }
}

function snyk(): Peer | null {
  const modules = join(PEERS_FOLDER, 'npm/node_modules')
  if (!existsSync(join(modules, 'snyk-docker-plugin'))) return null
  return {
    name: 'snyk-docker-plugin',
    env: {},
    async command(image, form, output) {
      const place =
        form === 'gzip'
          ? `oci-archive:${await ociArchive(image)}`
          : `docker-archive:${image.docker}`
      return [process.execPath, RUN_SNYK, modules, place, output]
    },
    forget() {},
  }
}

function cdxgen(): Peer | null {
  const program = join(PEERS_FOLDER, 'npm/node_modules/.bin/cdxgen')
  if (!existsSync(program)) return null
  return {
    name: 'cdxgen',
    env: { CDXGEN_TELEMETRY: 'false' },
    async command(image, form, output) {
      if (form === 'gzip') return null
      const flags = ['--type', 'docker', '--no-install-deps', '--output', output]
      return [process.execPath, program, ...flags, image.docker ?? '']
    },
    forget() {},
  }
}

/** It reads no folders. */
async function ociArchive({ oci, name }: BuiltImage): Promise<string> {
  const path = join(cacheFolder('images', 'oci-archives'), `${name}.tar`)
  if (!existsSync(path)) await must('tar', ['-C', oci ?? '', '--sort=name', '-cf', path, '.'])
  return path
}

const Layout = z.object({ manifests: z.array(z.object({ digest: z.string() })) })
const Manifest = z.object({ layers: z.array(z.object({ digest: z.string() })) })

/** The files of an OCI layout that hold its layers, lowest first. */
export function blobsOf(oci: string): readonly string[] {
  const blob = (digest: string): string => join(oci, 'blobs', digest.replace(':', '/'))
  const { manifests } = Layout.parse(JSON.parse(readFileSync(join(oci, 'index.json'), 'utf8')))
  const manifest: unknown = JSON.parse(readFileSync(blob(manifests[0]?.digest ?? ''), 'utf8'))
  return Manifest.parse(manifest).layers.map(({ digest }) => blob(digest))
}
