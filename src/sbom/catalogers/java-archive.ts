/** Java archives, with what was packed into them at any depth: jar, war, ear, and plugins. */
import { formatBytes, GIB, KIB, MIB } from '../../model/bytes.ts'
import {
  zipBeginning,
  zipContent,
  zipRange,
  ZipStream,
  type Unreadable,
} from '../archive/zip-content.ts'
import { createSpareBuffer } from '../archive/spare-buffer.ts'
import { zipDirectory, zipEntries, type ZipDirectory, type ZipEntry } from '../archive/zip.ts'
import type { Cataloger, Found, RandomFile, Scratch } from '../cataloger.ts'
import { artifactsOf, type MavenFiles } from '../java/archive.ts'
import { parsePomProperties } from '../java/coordinates.ts'
import { parseManifest } from '../java/manifest.ts'
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

/** Of a file that says something: in manifests and poms what counts stands first, the rest may be many megabytes. */
const READ_BYTES = 64 * KIB
/** Archives inside of archives hardly shrink; more than this is a bomb. */
const MAX_RATIO = 100
const ALWAYS_ALLOWED_BYTES = 16 * MIB

export const javaArchive: Cataloger = {
  id: 'java-archive',
  title: 'jar, war, ear and others, and what is packed into them',
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
    manifest: await said(archive, chosen.manifest, zipBeginning, parseManifest),
    maven: await mavenFilesOf(archive, chosen.maven),
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

const buffers = createSpareBuffer(READ_BYTES)

/** What the entry says, read by `read`; null where there is none, or it cannot be read. */
async function said<Content>(
  { file, directory, left, problems }: OpenArchive,
  entry: ZipEntry | null | undefined,
  take: typeof zipContent,
  read: (content: Buffer) => Content,
): Promise<Content | null> {
  if (entry === null || entry === undefined || left.inflatedBytes <= 0) return null
  const buffer = buffers.take()
  try {
    const content = await take(file, directory, entry, buffer)
    if ('problem' in content) {
      problems.push(content.problem)
      return null
    }
    left.inflatedBytes -= content.length
    return read(content)
  } finally {
    buffers.giveBack(buffer)
  }
}

async function mavenFilesOf(archive: OpenArchive, maven: Chosen['maven']): Promise<MavenFiles[]> {
  const folders = [...maven].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const files: MavenFiles[] = []
  for (const [, { properties, pom }] of folders) {
    files.push({
      properties: await said(archive, properties, zipContent, (content) =>
        parsePomProperties(content.toString()),
      ),
      pom: await said(archive, pom, zipBeginning, (content) => parsePom(content.toString())),
    })
  }
  return files
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
