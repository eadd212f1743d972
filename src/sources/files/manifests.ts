import { basename, dirname, join, resolve } from 'node:path'
import { errorCode } from '../../model/error-code.ts'
import { peek } from '../../parsers/files/chunks.ts'
import { fileChunks } from './bytes.ts'
import { FILE_LIMITS, type FileLimits } from './limits.ts'
import { problems as newProblems } from '../../parsers/files/problems.ts'
import { filesBelow } from './walk.ts'

/** A file that may hold a workload, with its exact text. */
export interface Manifest {
  /** As the user named it. */
  path: string
  absolute: string
  text: string
  /** The user named this very file, and not a folder above it. */
  isNamed: boolean
  /** Its bytes are exactly this text in UTF-8, so that it can be written back. */
  isExact: boolean
  /** Text of the `.env` file beside it; empty where there is none. */
  environment: string
}

export interface Manifests {
  manifests: Manifest[]
  /** What was not read, and why: whole sentences that begin with the path. */
  unread: string[]
}

/** Larger files are told, not read. */
const MAX_BYTES = 32 * 1024 * 1024
/** Over all files: what is held at once. Read as YAML it takes up to 14 times as much (measured), and Node has 2 GiB on small machines. */
const MAX_TOTAL_BYTES = 128 * 1024 * 1024
const MAX_ENVIRONMENT_BYTES = 1024 * 1024
/** Files that are read at the same time: what may be held beside the total. */
const MAX_TOGETHER = 8

const NAMES =
  /(?:\.ya?ml|\.json|^(?:Docker|Container)file(?:\..+)?|.\.(?:docker|container)file|.\.(?:service|slice|scope|container))$/i
/** What is laid over a unit. */
const DROP_IN = /\.(?:service|slice|scope|container)\.d\/[^/]+\.conf$/
const LEFT_OUT = /^(?:\.git|\.hg|\.svn|node_modules|\.terraform|\.venv|package-lock\.json)$/

/**
 * Reads the manifests of some files and folders: of a folder those whose name may be one's, and each file that is named itself;
 * none that is excluded by its absolute path.
 *
 * @throws StellaError (exit 3) where a given path does not exist
 */
export async function readManifests(
  paths: readonly string[],
  isExcluded: (path: string) => boolean,
): Promise<Manifests> {
  const problems = newProblems()
  const isLeftOut: FileLimits['isLeftOut'] = ({ absolute, isFolder, isDevice }) => {
    const name = basename(absolute)
    // A unit that is masked is a link to /dev/null.
    if (LEFT_OUT.test(name) || isDevice) return true
    if (!isFolder && !NAMES.test(name) && !DROP_IN.test(absolute)) return true
    return isExcluded(absolute)
  }
  const limits = { ...FILE_LIMITS, maxFiles: 100_000, isLeftOut }
  const named = new Set(paths.map((path) => resolve(path)))
  const environments = new Map<string, string>()
  const manifests: Manifest[] = []
  const unread: string[] = []
  let total = 0
  for await (const batch of inBatches(filesBelow(paths, limits, problems))) {
    const texts = await Promise.all(batch.map(({ absolute, pipe }) => exactText(absolute, pipe)))
    for (const [at, { shown, absolute }] of batch.entries()) {
      const text = texts[at]
      const isNamed = named.has(absolute)
      if (text === undefined || (isNamed && isExcluded(absolute))) continue
      if ('problem' in text) unread.push(`${shown}: ${text.problem}`)
      else if (total + text.text.length > MAX_TOTAL_BYTES) {
        unread.push(`${shown}: not read, for the files before it hold 128 MiB; audit it by itself`)
      } else {
        total += text.text.length
        const environment = await environmentOf(dirname(absolute), environments)
        manifests.push({ path: shown, absolute, isNamed, environment, ...text })
      }
    }
  }
  return { manifests, unread: [...unread, ...problems.sentences()] }
}

async function exactText(
  path: string,
  pipe: boolean,
): Promise<{ text: string; isExact: boolean } | { problem: string }> {
  try {
    const peeked = await peek(fileChunks(path, pipe), MAX_BYTES)
    await peeked.close()
    if (!peeked.complete) return { problem: 'is larger than 32 MiB; split it' }
    if (peeked.head.includes(0)) return { problem: 'is no text; leave it out' }
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(peeked.head)
    return { text, isExact: Buffer.from(text).equals(peeked.head) }
  } catch (error) {
    return { problem: `cannot be read (${errorCode(error)}); check its permissions` }
  }
}

/** Compose reads `.env` beside the file. */
async function environmentOf(folder: string, known: Map<string, string>): Promise<string> {
  const before = known.get(folder)
  if (before !== undefined) return before
  const peeked = await peek(fileChunks(join(folder, '.env'), false), MAX_ENVIRONMENT_BYTES).catch(
    () => null,
  )
  await peeked?.close()
  const text = new TextDecoder().decode(peeked?.head)
  known.set(folder, text)
  return text
}

/** A large tree has many small files: one after the other, most of the time is spent waiting. */
async function* inBatches<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < MAX_TOGETHER) continue
    yield batch
    batch = []
  }
  yield batch
}
