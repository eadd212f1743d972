import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'
import { usageError } from '../model/errors.ts'
import type { Instant } from '../model/time.ts'
import type { CliContext } from './context.ts'
import { STDIN } from './evidence-flags.ts'

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
  { from = [], since = null }: { from?: readonly string[]; since?: Instant | null },
): Promise<Gathered> {
  const paths = target === STDIN ? [...from, STDIN] : from
  const named = target === STDIN ? null : (target ?? null)
  if (paths.length === 0 && named === null) {
    throw usageError(
      'nothing to look at: neither a target nor evidence is named',
      null,
      "name one, as in 'stella why docker:web' or 'stella why --from kernel.log'",
    )
  }
  const engine = await context.engine()
  if (paths.length === 0 && named !== null) return engine.collect(named, { since })
  const options = paths.includes(STDIN) ? { stdin: context.io.stdin() } : {}
  return { world: await engine.readFiles([...new Set(paths)], options), target: named }
}
