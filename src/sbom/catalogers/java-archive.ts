/** Java archives, with what was packed into them at any depth: jar, war, ear, and plugins. */
import { formatBytes, GIB, KIB, MIB } from '../../model/bytes.ts'
import { zipContent, zipRange, ZipStream, type Unreadable } from '../archive/zip-content.ts'
import { zipDirectory, zipEntries, type ZipDirectory, type ZipEntry } from '../archive/zip.ts'
import type { Cataloger, Found, RandomFile, Scratch } from '../cataloger.ts'
import { artifactsOf, type MavenFiles } from '../java/archive.ts'
import { parsePomProperties } from '../java/coordinates.ts'
import { parseManifest, type Manifest } from '../java/manifest.ts'
import { parsePom } from '../java/pom.ts'

const ENDINGS = [
  '.jar',
  '.war',
  '.ear',
  '.par',
  '.sar',
  '.nar',
  '.jpi',
  '.hpi',
  '.kar',
  '.far',
  '.lpkg',
  '.rar',
  '.zap',
]

/** Only these are Java's alone: others with the same ending may be anything. */
const SURELY_JAVA = ['.jar', '.war', '.ear']

const MAX_DEPTH = 8
/** Of one archive. */
const MAX_MAVEN_FOLDERS = 2000
/** Of a file with everything inside. */
const MAX_NESTED = 10_000
const MAX_ENTRIES = 2_000_000
const MAX_INFLATED_BYTES = 2 * GIB

/** Of a manifest: what counts stands first, sections about signed files may be many megabytes. */
const READ_MANIFEST_BYTES = 256 * KIB
const MAX_PROPERTIES_BYTES = 64 * KIB
const MAX_POM_BYTES = 256 * KIB
/** Archives inside of archives hardly shrink; more than this is a bomb. */
const MAX_RATIO = 100
const ALWAYS_ALLOWED_BYTES = 16 * MIB

export const javaArchive: Cataloger = {
  id: 'java-archive',
  version: 1,
  selects: { endings: ENDINGS },
  maxBytes: 4 * GIB,
  reads: 'anywhere',
  catalog(file, scratch) {
    const left = { entries: MAX_ENTRIES, nested: MAX_NESTED, inflatedBytes: MAX_INFLATED_BYTES }
    return catalogArchive(file, { inside: [], left, scratch })
  },
}

interface Place {
  /** The archives on the way, from the outermost. */
  inside: readonly string[]
  /** What may still be read of the whole file. */
  left: { entries: number; nested: number; inflatedBytes: number }
  scratch: Scratch
}

async function* catalogArchive(file: RandomFile, place: Place): AsyncGenerator<Found> {
  const inside = place.inside.length === 0 ? {} : { inside: place.inside.join('!/') }
  const directory = zipDirectory(file)
  if (directory === null) {
    if (isMeantAsArchive(file)) yield problem('it is no zip archive, or only a part of one', place)
    return
  }
  const chosen = choose(file, directory, place)
  const archive: OpenArchive = { file, directory, left: place.left, problems: chosen.problems }
  const packages = artifactsOf({
    path: place.inside.at(-1) ?? file.path,
    manifest: await manifestOf(archive, chosen.manifest),
    maven: [...mavenFilesOf(archive, chosen.maven)],
    hasClasses: chosen.hasClasses,
  })
  for (const found of packages) yield { kind: 'package', package: found, ...inside }
  for (const says of archive.problems) yield problem(says, place)
  for (const entry of chosen.nested) yield* catalogNested(archive, entry, place)
}

/** The few entries that count. */
interface Chosen {
  manifest: ZipEntry | null
  /** By their folder. */
  maven: Map<string, { properties?: ZipEntry; pom?: ZipEntry }>
  nested: ZipEntry[]
  hasClasses: boolean
  problems: string[]
}

function choose(file: RandomFile, directory: ZipDirectory, { left }: Place): Chosen {
  const chosen: Chosen = {
    manifest: null,
    maven: new Map(),
    nested: [],
    hasClasses: false,
    problems: [],
  }
  let count = 0
  let isOver = false
  for (const entry of zipEntries(file, directory)) {
    if (left.entries-- <= 0) {
      chosen.problems.push(`it has more than ${MAX_ENTRIES} entries`)
      return chosen
    }
    count++
    isOver = !take(chosen, entry, left) || isOver
  }
  if (isOver) chosen.problems.push('more was packed into it than is read')
  // The count has 16 bits where somebody did not write it as zip64.
  if (count % 0x1_00_00 !== directory.count % 0x1_00_00) {
    chosen.problems.push(`its directory should have ${directory.count} entries, and has ${count}`)
  }
  return chosen
}

/** False where there is no room for it. */
function take(chosen: Chosen, entry: ZipEntry, left: Place['left']): boolean {
  const { name } = entry
  if (name.endsWith('.class')) chosen.hasClasses = true
  else if (name.toUpperCase() === 'META-INF/MANIFEST.MF') chosen.manifest ??= entry
  else if (name.endsWith('/pom.properties') || isPom(name)) {
    const folder = name.slice(0, name.lastIndexOf('/'))
    const files = chosen.maven.get(folder) ?? {}
    if (chosen.maven.size >= MAX_MAVEN_FOLDERS && !chosen.maven.has(folder)) return false
    chosen.maven.set(folder, files)
    if (isPom(name)) files.pom ??= entry
    else files.properties ??= entry
  } else if (ENDINGS.some((ending) => name.toLowerCase().endsWith(ending))) {
    if (left.nested-- <= 0) return false
    chosen.nested.push(entry)
  }
  return true
}

/** Others are templates of projects, and data of tests. */
const isPom = (name: string): boolean =>
  name.startsWith('META-INF/maven/') && name.endsWith('/pom.xml')

interface OpenArchive {
  file: RandomFile
  directory: ZipDirectory
  left: Place['left']
  problems: string[]
}

async function manifestOf(archive: OpenArchive, entry: ZipEntry | null): Promise<Manifest | null> {
  if (entry === null) return null
  if (entry.bytes <= READ_MANIFEST_BYTES) {
    const bytes = contentOf(archive, entry, READ_MANIFEST_BYTES)
    return bytes === null ? null : parseManifest(bytes)
  }
  const { file, directory, left, problems } = archive
  const stream = new ZipStream(file, directory, entry)
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk))
    if (stream.inflated >= READ_MANIFEST_BYTES) break
  }
  left.inflatedBytes -= stream.inflated
  if (stream.problem !== null) problems.push(stream.problem)
  return parseManifest(Buffer.concat(chunks))
}

function* mavenFilesOf(archive: OpenArchive, maven: Chosen['maven']): Generator<MavenFiles> {
  const folders = [...maven].toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [, { properties, pom }] of folders) {
    const propertiesText = textOf(archive, properties, MAX_PROPERTIES_BYTES)
    const pomText = textOf(archive, pom, MAX_POM_BYTES)
    yield {
      properties: propertiesText === null ? null : parsePomProperties(propertiesText),
      pom: pomText === null ? null : parsePom(pomText),
    }
  }
}

function textOf(
  archive: OpenArchive,
  entry: ZipEntry | undefined,
  maxBytes: number,
): string | null {
  const bytes = entry === undefined ? null : contentOf(archive, entry, maxBytes)
  return bytes === null ? null : Buffer.from(bytes).toString('utf8')
}

function contentOf(archive: OpenArchive, entry: ZipEntry, maxBytes: number): Uint8Array | null {
  const allowed = Math.max(0, Math.min(maxBytes, archive.left.inflatedBytes))
  const content = zipContent(archive.file, archive.directory, entry, allowed)
  if (content instanceof Uint8Array) {
    archive.left.inflatedBytes -= content.length
    return content
  }
  archive.problems.push(content.problem)
  return null
}

async function* catalogNested(
  archive: OpenArchive,
  entry: ZipEntry,
  outer: Place,
): AsyncGenerator<Found> {
  const place = { ...outer, inside: [...outer.inside, entry.name] }
  if (place.inside.length > MAX_DEPTH) {
    yield problem(`archives lie more than ${MAX_DEPTH} deep in each other`, place)
    return
  }
  // Spring Boot stores its libraries, so that they can be read where they lie.
  const range = zipRange(archive.file, archive.directory, entry)
  if (range !== null) {
    if ('problem' in range) yield problem(range.problem, outer)
    else yield* catalogArchive(range, place)
    return
  }
  const kept = await inflated(archive, entry, place)
  if ('problem' in kept) {
    yield problem(kept.problem, outer)
    return
  }
  try {
    yield* catalogArchive(kept, place)
  } finally {
    kept.release()
  }
}

async function inflated(archive: OpenArchive, entry: ZipEntry, { left, scratch }: Place) {
  const allowed = Math.max(ALWAYS_ALLOWED_BYTES, entry.compressedBytes * MAX_RATIO)
  const maxBytes = Math.min(allowed, left.inflatedBytes)
  const stream = new ZipStream(archive.file, archive.directory, entry)
  const kept = await scratch.keep(entry.name, stream, maxBytes)
  left.inflatedBytes -= stream.inflated
  if (kept !== null && stream.problem === null) return kept
  kept?.release()
  const tooLarge = `${entry.name} is larger than ${formatBytes(maxBytes)}, or there is no room for it`
  return { problem: stream.problem ?? tooLarge } satisfies Unreadable
}

function problem(says: string, { inside }: Place): Found {
  return { kind: 'problem', says: inside.length === 0 ? says : `${inside.join('!/')}: ${says}` }
}

function isMeantAsArchive(file: RandomFile): boolean {
  if (file.size === 0) return false
  const [p, k] = file.read(0, 2)
  const isZip = p === 0x50 && k === 0x4b
  return isZip || SURELY_JAVA.some((ending) => file.path.toLowerCase().endsWith(ending))
}
