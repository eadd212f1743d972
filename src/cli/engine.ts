import type { Case } from '../model/case.ts'
import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'

/** The rooms below, as the commands use them. */
export interface Engine {
  /** Reads files and folders; `-` is not among them. */
  readFiles(paths: readonly string[]): Promise<World>
  /** Asks the live sources about a target; a bare name comes back as what it was found to be. */
  collect(target: Target): Promise<{ world: World; target: Target }>
  investigate(world: World, target: Target | null, options: { all: boolean }): Case[]
}
