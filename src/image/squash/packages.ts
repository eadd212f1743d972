/** The packages of an image, of what its layers show together. */
import { createHash } from 'node:crypto'
import type { Distribution, Occurrence, Package } from '../../model/package.ts'
import type { Found } from '../../sbom/cataloger.ts'
import { osReleaseFiles } from '../../sbom/catalogers/os-release.ts'
import type { SbomPackage, SbomProblem } from '../../sbom/document.ts'
import { purlOf } from '../../sbom/purl.ts'
import { createLineReader, fragmentLines } from '../layer/read-fragment.ts'
import { withFolders } from './file-system.ts'
import { sortRows } from './sorted-rows.ts'
import type { SortedRows } from './sorted-rows.ts'
import { squash } from './squash.ts'
import type { SquashedLayer, Visible } from './squash.ts'

export interface ImagePackages {
  distribution: Distribution | null
  /** Of all packages and where they lie; costs nothing once they were asked for. */
  digest: string
  /** Sorted by purl, each purl once; may be asked for again. */
  packages(): Iterable<SbomPackage>
  problems(): Iterable<SbomProblem>
  close(): void
}

/** Packages that may be asked for again, and their digest: it is taken the first time that all of them pass by. */
function digested(all: () => Iterable<SbomPackage>): Pick<ImagePackages, 'digest' | 'packages'> {
  let digest: string | null = null

  function* packages(): Generator<SbomPackage, string> {
    if (digest !== null) {
      yield* all()
      return digest
    }
    const hash = createHash('sha256')
    for (const item of all()) {
      const places = item.occurrences.map(({ path, layer }) => `${path}\t${layer ?? ''}\n`)
      hash.update(`${item.purl}\n${places.join('')}`)
      yield item
    }
    digest = `sha256:${hash.digest('hex')}`
    return digest
  }

  return {
    packages,
    get digest() {
      if (digest !== null) return digest
      const passing = packages()
      for (;;) {
        const next = passing.next()
        if (next.done === true) return next.value
      }
    },
  }
}

/** A row of the sorted list: the purl first, then what has that purl. */
interface Row {
  package: Package
  occurrence: Occurrence
}

/** Of one purl in one document; a package that lies in more places is told to lie in these. */
const MAX_OCCURRENCES = 1_000

/**
 * @param scratchFolder a folder of its own, for what memory has no room for
 * @param maxFiles that name packages; more are left out, with a problem
 */
export function packagesOf(
  layers: readonly SquashedLayer[],
  scratchFolder: string,
  maxFiles?: number,
): ImagePackages {
  const { visible, leftOut, otherNames } = squash(layers, maxFiles)
  const readers = layers.map(({ fragment }) => createLineReader(fragment))
  try {
    const foundIn = ({ layer, offset, length }: Visible): readonly Found[] => {
      const line = readers[layer]?.read(offset, length)
      return line?.kind === 'hit' || line?.kind === 'linked' ? line.found : []
    }
    const said = sayings(visible, foundIn, otherNames)
    const rows = sortRows(scratchFolder)
    for (const hit of visible) {
      for (const found of foundIn(hit)) {
        if (found.kind !== 'package') continue
        if (found.isDeclared === true && said.isInstalledBeside(hit.path, found.package)) continue
        const licences = said.licencesOf(found.package)
        const item = licences === null ? found.package : { ...found.package, licences }
        const path = found.inside === undefined ? hit.path : `${hit.path}!/${found.inside}`
        const layer = layers[hit.layer]?.diffId ?? null
        addRow(rows, said.distribution, { package: item, occurrence: { path, layer, by: hit.by } })
      }
    }
    const all = digested(() => joined(rows))
    return {
      distribution: said.distribution,
      get digest() {
        return all.digest
      },
      packages: all.packages,
      *problems() {
        if (leftOut > 0) yield tooMany(visible.length, leftOut)
        yield* problemsOf(layers, visible, foundIn)
      },
      close() {
        rows.close()
        for (const reader of readers) reader.close()
      },
    }
  } catch (error) {
    for (const reader of readers) reader.close()
    throw error
  }
}

/** No purl has a control character. */
const END_OF_PURL = '\t'

function addRow(rows: SortedRows, distribution: Distribution | null, row: Row): void {
  const purl = purlOf(row.package, distribution)
  // A path may hold any character, also those that part rows.
  const path = JSON.stringify(row.occurrence.path)
  rows.add(`${purl}${END_OF_PURL}${path}${END_OF_PURL}${JSON.stringify(row)}`)
}

function* joined(rows: SortedRows): Generator<SbomPackage> {
  let held: (SbomPackage & { occurrences: Occurrence[] }) | null = null
  for (const text of rows.rows()) {
    const purl = text.slice(0, text.indexOf(END_OF_PURL))
    const row: Row = JSON.parse(text.slice(text.indexOf(`${END_OF_PURL}{`) + 1))
    if (held === null || held.purl !== purl) {
      if (held !== null) yield held
      held = { package: row.package, purl, occurrences: [row.occurrence] }
      continue
    }
    if (held.package.licences.length === 0) held.package = row.package
    const { path, layer } = row.occurrence
    const last = held.occurrences.at(-1)
    // A lock file may name a package twice.
    if (last?.path === path && last.layer === layer) continue
    if (held.occurrences.length < MAX_OCCURRENCES) held.occurrences.push(row.occurrence)
  }
  if (held !== null) yield held
}

interface Sayings {
  distribution: Distribution | null
  /** What another file says of its licences; null where none does. */
  licencesOf(item: Package): readonly string[] | null
  /** Whether packages of the same kind are installed below the folder of a file. */
  isInstalledBeside(path: string, item: Package): boolean
}

/** The first that is there tells what the image is. */
const RELEASE_FILES = osReleaseFiles.selects.paths ?? []

function sayings(
  visible: readonly Visible[],
  foundIn: (hit: Visible) => readonly Found[],
  otherNames: (path: string) => readonly string[],
): Sayings {
  const licences = new Map<string, readonly string[]>()
  const declaredIn = new Set<string>()
  let release: { rank: number; distribution: Distribution } | null = null
  for (const hit of visible) {
    if (!hit.tellsMore) continue
    for (const found of foundIn(hit)) {
      if (found.kind === 'licences') {
        const { type, name } = found.of
        licences.set(`${type}/${name}`, found.licences)
        // Packages of one source share a folder: that of the others is a link to it.
        const others = otherNames(hit.path).map((path) => baseName(folderOf(path)))
        for (const other of others) licences.set(`${type}/${other}`, found.licences)
      }
      if (found.kind === 'package' && found.isDeclared === true) {
        declaredIn.add(`${found.package.type}:${folderOf(hit.path)}`)
      }
      if (found.kind === 'distribution') {
        const at = RELEASE_FILES.indexOf(hit.path)
        const rank = at === -1 ? RELEASE_FILES.length : at
        if (release === null || rank < release.rank)
          release = { rank, distribution: found.distribution }
      }
    }
  }
  const installedBelow = new Set<string>()
  if (declaredIn.size > 0) {
    for (const hit of visible) {
      for (const found of foundIn(hit)) {
        if (found.kind !== 'package' || found.isDeclared === true) continue
        for (const folder of withFolders(folderOf(hit.path))) {
          const key = `${found.package.type}:${folder}`
          if (declaredIn.has(key) && folder !== folderOf(hit.path)) installedBelow.add(key)
        }
      }
    }
  }
  return {
    distribution: release?.distribution ?? null,
    licencesOf: ({ type, name, licences: own }) =>
      own.length > 0 ? null : (licences.get(`${type}/${name}`) ?? null),
    isInstalledBeside: (path, { type }) => installedBelow.has(`${type}:${folderOf(path)}`),
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function tooMany(held: number, leftOut: number): SbomProblem {
  const says = `memory has room for ${held} files that name packages; left out: ${leftOut}`
  return { says, path: null, layer: null }
}

function* problemsOf(
  layers: readonly SquashedLayer[],
  visible: readonly Visible[],
  foundIn: (hit: Visible) => readonly Found[],
): Generator<SbomProblem> {
  for (const { diffId, fragment } of layers) {
    for (const { line } of fragmentLines(fragment, 'problem')) {
      if (line.kind === 'problem') yield { says: line.says, path: line.path, layer: diffId }
    }
  }
  for (const hit of visible) {
    if (!hit.tellsMore) continue
    for (const found of foundIn(hit)) {
      if (found.kind !== 'problem') continue
      yield { says: found.says, path: hit.path, layer: layers[hit.layer]?.diffId ?? null }
    }
  }
}
