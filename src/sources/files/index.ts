import type { Observation, World } from '../../model/evidence.ts'
import { gather } from '../../parsers/gather.ts'
import type { Chunks } from './bytes.ts'
import { FILE_LIMITS } from './limits.ts'
import type { FileLimits } from './limits.ts'
import { problems as newProblems } from './problems.ts'
import { fileToRead, readFile } from './read-file.ts'
import type { ReadContext } from './read-file.ts'
import { filesBelow } from './walk.ts'

export type { FileLimits } from './limits.ts'

/** Characters of small files that wait for the rest of their folder. */
const MAX_HELD = 16 * 1024 * 1024

export interface ReadFilesOptions extends Partial<FileLimits> {
  /** What `-` stands for. */
  stdin?: Chunks
}

/**
 * Reads evidence from files and folders in any mix, plain or packed with gzip or zstd, and finds out by content what each is.
 * What is not recognised, empty, cut or may not be read is listed under `unknown` and is no error.
 *
 * @param paths `-` is standard input
 * @throws StellaError (exit 2) where a path does not exist
 */
export async function readFiles(
  paths: readonly string[],
  options: ReadFilesOptions = {},
): Promise<World> {
  const { stdin = process.stdin, ...overrides } = options
  const limits = { ...FILE_LIMITS, ...overrides }
  const problems = newProblems()
  const context: ReadContext = { limits, problems, together: gather() }
  const observations: Observation[] = []
  const add = (found: readonly Observation[]): void => {
    for (const observation of found) observations.push(observation)
  }

  if (paths.includes('-'))
    add(await readFile({ shown: '-', path: '/-', reopens: false, chunks: stdin }, context))
  for await (const found of filesBelow(
    paths.filter((path) => path !== '-'),
    limits,
    problems,
  )) {
    add(await readFile(fileToRead(found), context))
    if (context.together.held > MAX_HELD) add(context.together.finish())
    if (observations.length >= limits.maxObservations) {
      problems.add(
        `reading stopped at ${found.shown}: there are more than ${limits.maxObservations} observations`,
      )
      break
    }
  }
  add(context.together.finish())
  return {
    observations: observations.slice(0, limits.maxObservations),
    unknown: problems.sentences(),
  }
}
