import type { Observation, World } from '../../model/evidence.ts'
import { gather } from '../gather.ts'
import type { Problems } from './problems.ts'
import { readFile } from './read-file.ts'
import type { FileToRead, ReadingPlace, ReadLimits } from './read-file.ts'

/** Characters of small files that wait for the rest of their folder. */
const MAX_HELD = 16 * 1024 * 1024

/**
 * What files say, in their order, and what could not be read. Finds out by content what each is; what is not recognised, empty or
 * cut is listed under `unknown` and is no error.
 */
export async function readAll(
  files: AsyncIterable<FileToRead>,
  options: { limits: ReadLimits; problems: Problems; place: ReadingPlace },
): Promise<World> {
  const { limits, problems } = options
  const context = { ...options, together: gather() }
  const observations: Observation[] = []
  const add = (found: readonly Observation[]): void => {
    for (const observation of found) observations.push(observation)
  }
  for await (const file of files) {
    add(await readFile(file, context))
    if (context.together.held > MAX_HELD) add(context.together.finish())
    if (observations.length >= limits.maxObservations) {
      problems.add(
        `reading stopped at ${file.shown}: there are more than ${limits.maxObservations} observations`,
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
