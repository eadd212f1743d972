/** What a Java archive says of itself and of what was packed into it, from its small files. */
import type { Package } from '../../model/package.ts'
import { detached, known, type Coordinates } from './coordinates.ts'
import { artifactOf, parseFileName, type FileName } from './file-name.ts'
import { guessGroup } from './groups.ts'
import { manifestLicences, NO_MANIFEST, type Manifest } from './manifest.ts'
import type { Pom } from './pom.ts'

/** The two files that Maven leaves in `META-INF/maven/<group>/<artifact>`. Null: not there, or not to be read. */
export interface MavenFiles {
  properties: Coordinates | null
  pom: Pom | null
}

export interface ArchiveFacts {
  /** Its file name counts. */
  path: string
  /** Null where there is none. */
  manifest: Manifest | null
  maven: readonly MavenFiles[]
  hasClasses: boolean
}

interface Artifact {
  group: string | null
  name: string
  version: string | null
  licences: readonly string[]
}

/** Agents that change the classes of other libraries are called like those, but are none of them. */
const CHANGES_OTHERS = 'Weave-Classes'

/** The archive itself if it tells what it is, then everything that was shaded into it. */
export function artifactsOf(facts: ArchiveFacts): Package[] {
  const fileName = parseFileName(facts.path)
  const manifest = facts.manifest ?? NO_MANIFEST
  const artifacts = facts.maven.flatMap(described)
  const own = ownOf(artifacts, fileName, manifest)
  const packages = new Map<string, Package>()
  const tell = (artifact: Artifact): void => {
    const { name, version } = artifact
    const namespace = detached(artifact.group ?? name)
    const licences = artifact.licences.map(detached)
    const key = JSON.stringify([namespace, name, version])
    if (packages.has(key)) return
    packages.set(key, { type: 'maven', namespace, name, version, qualifiers: {}, licences })
  }
  if (manifest.of(CHANGES_OTHERS) === null) {
    if (own !== null) tell(completed(own, fileName, manifest))
    else if (isJava(facts, fileName)) tell(guessed(fileName, manifest))
  }
  for (const artifact of artifacts) {
    if (artifact !== own && artifact.version !== null) tell(artifact)
  }
  return [...packages.values()]
}

function described({ properties, pom }: MavenFiles): Artifact[] {
  const name = properties?.artifact ?? pom?.artifact ?? null
  if (name === null) return []
  return [
    {
      group: properties?.group ?? pom?.group ?? null,
      name,
      version: properties?.version ?? pom?.version ?? null,
      licences: pom?.licences ?? [],
    },
  ]
}

/** Which of the artifacts in the archive the archive itself is. */
function ownOf(
  artifacts: readonly Artifact[],
  fileName: FileName,
  manifest: Manifest,
): Artifact | null {
  const called = [fileName.name, artifactOf(fileName)]
  const byName =
    artifacts.filter(({ name }) => called.includes(name)).at(0) ??
    artifacts.find(
      ({ name }) => name.startsWith(`${fileName.name}-`) || fileName.name.endsWith(`-${name}`),
    )
  if (byName !== undefined) return byName
  const [only, ...others] = artifacts
  if (only === undefined || others.length > 0) return null
  // Archives are often renamed, as app.jar; a single other library that was shaded has a version of its own.
  const stated = fileName.version ?? manifestVersion(manifest)
  return stated === null || stated === only.version ? only : null
}

function completed(own: Artifact, fileName: FileName, manifest: Manifest): Artifact {
  const version = own.version ?? fileName.version ?? manifestVersion(manifest)
  const stated = manifestLicences(manifest)
  return {
    ...own,
    version,
    group: own.group ?? guessGroup(own.name, version, manifest),
    // A pom.xml says more than the address of a licence.
    licences: own.licences.length > 0 && stated.every(isAddress) ? own.licences : stated,
  }
}

const isAddress = (licence: string): boolean => /^https?:/.test(licence)

function guessed(fileName: FileName, manifest: Manifest): Artifact {
  const name = fileName.version === null ? bundleName(fileName, manifest) : artifactOf(fileName)
  const version = fileName.version ?? manifestVersion(manifest)
  return {
    group: guessGroup(name, version, manifest),
    name,
    version,
    licences: manifestLicences(manifest),
  }
}

/** Bundles that Maven built are called by their group and their artifact. */
function bundleName(fileName: FileName, manifest: Manifest): string {
  const builder = manifest.of('Created-By') ?? ''
  const symbolicName = manifest.of('Bundle-SymbolicName')?.split(';')[0]?.trim() ?? ''
  const isGroup = symbolicName === manifest.of('Implementation-Vendor-Id')
  const name = symbolicName.split('.').at(-1) ?? ''
  const isTold = builder.includes('Apache Maven Bundle Plugin') && !isGroup && name !== ''
  return isTold ? name : artifactOf(fileName)
}

function manifestVersion(manifest: Manifest): string | null {
  const fields = [
    'Implementation-Version',
    'Specification-Version',
    'Plugin-Version',
    'Bundle-Version',
  ]
  for (const field of fields) {
    const version = known(manifest.anywhere(field) ?? undefined)
    if (version !== null) return version
  }
  return null
}

/** Other files have the same endings: a folder of pictures in a zip is no library. */
function isJava(facts: ArchiveFacts, fileName: FileName): boolean {
  return facts.manifest !== null || facts.hasClasses || fileName.version !== null
}
