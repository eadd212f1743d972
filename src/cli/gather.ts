import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'
import { usageError } from '../model/errors.ts'
import type { CliContext } from './context.ts'
import { STDIN } from './evidence-flags.ts'
import { spoolStdin } from './stdin.ts'

export interface Gathered {
  world: World
  target: Target | null
}

/**
 * The evidence a command line names: files where there are any, the live sources otherwise.
 * A target next to files picks the subject among them.
 *
 * @throws StellaError where neither is named, or where nothing can be read
 */
export async function gather(
  context: CliContext,
  target: Target | typeof STDIN | undefined,
  from: readonly string[] = [],
): Promise<Gathered> {
  const paths = target === STDIN ? [...from, STDIN] : from
  const named = target === STDIN ? null : (target ?? null)
  if (paths.length > 0) return { world: await readEvidence(context, paths), target: named }
  if (named !== null) return (await context.engine()).collect(named)
  throw usageError(
    'nothing to look at: neither a target nor evidence is named',
    null,
    "name one, as in 'stella why docker:web' or 'stella why --from kernel.log'",
  )
}

async function readEvidence(context: CliContext, paths: readonly string[]): Promise<World> {
  const engine = await context.engine()
  if (!paths.includes(STDIN)) return engine.readFiles(paths)
  await using spool = await spoolStdin(context.io.stdin())
  const world = await engine.readFiles(
    [...new Set(paths)].map((path) => (path === STDIN ? spool.path : path)),
  )
  return renamed(world, spool.path)
}

/** Nobody can open the spool file afterwards; what it held came from standard input. */
function renamed(world: World, path: string): World {
  const name = (text: string): string => text.replaceAll(path, 'standard input')
  return {
    observations: world.observations.map((seen) => ({ ...seen, from: name(seen.from) })),
    unknown: world.unknown.map(name),
  }
}
