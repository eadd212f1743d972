import type { World } from '../../model/evidence.ts'
import type { Chunks } from '../../parsers/files/chunks.ts'
import { problems as newProblems } from '../../parsers/files/problems.ts'
import type { Problems } from '../../parsers/files/problems.ts'
import { readAll } from '../../parsers/files/read-all.ts'
import type { FileToRead, ReadingPlace } from '../../parsers/files/read-file.ts'
import { fileChunks } from './bytes.ts'
import { readLargeLog } from './large-log.ts'
import { FILE_LIMITS } from './limits.ts'
import type { FileLimits } from './limits.ts'
import { unpacked } from '../../image/unpack.ts'
import { unreadableSentence } from './unreadable.ts'
import { filesBelow } from './walk.ts'

export type { FileLimits } from './limits.ts'

export interface ReadFilesOptions extends Partial<FileLimits> {
  /** What `-` stands for. */
  stdin?: Chunks
}

const PLACE: ReadingPlace = {
  unpacked,
  whyUnreadable: (file, error) => unreadableSentence(file.shown, file.path, error),
}

/**
 * Reads evidence from files and folders in any mix, plain or packed with gzip or zstd, and finds out by content what each is.
 * What is not recognised, empty, cut or may not be read is listed under `unknown` and is no error.
 *
 * @param paths `-` is standard input
 * @throws StellaError (exit 3) where a path does not exist
 */
export async function readFiles(
  paths: readonly string[],
  options: ReadFilesOptions = {},
): Promise<World> {
  const { stdin = process.stdin, ...overrides } = options
  const limits = { ...FILE_LIMITS, ...overrides }
  const problems = newProblems()
  return readAll(filesToRead(paths, { stdin, limits, problems }), {
    limits,
    problems,
    place: PLACE,
  })
}

async function* filesToRead(
  paths: readonly string[],
  { stdin, limits, problems }: { stdin: Chunks; limits: FileLimits; problems: Problems },
): AsyncGenerator<FileToRead> {
  if (paths.includes('-')) yield { shown: '-', path: '/-', chunks: stdin, readLog: null }
  const named = paths.filter((path) => path !== '-')
  for await (const { shown, absolute, pipe } of filesBelow(named, limits, problems)) {
    yield {
      shown,
      path: absolute,
      chunks: fileChunks(absolute, pipe),
      // Kernel logs are the largest files by far; in place they are searched several times as fast as chunk by chunk.
      readLog: pipe ? null : (origin) => readLargeLog(absolute, origin),
    }
  }
}
