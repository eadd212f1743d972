import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'
import { type StellaError, usageError } from '../model/errors.ts'
import type { Instant } from '../model/time.ts'
import type { CommonFlags } from './common-flags.ts'
import type { CliContext } from './context.ts'
import { STDIN } from './evidence-flags.ts'
import { progressOf } from './reading-progress.ts'

export interface Gathered {
  world: World
  target: Target | null
}

interface Asked {
  /** The words of the command, for whoever has to call it again. */
  command: string
  /** Whoever wants few words, or a document, is told no progress. */
  flags: CommonFlags
  from?: readonly string[]
  since?: Instant | null
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
  { command, flags, from = [], since = null }: Asked,
): Promise<Gathered> {
  const paths = target === STDIN ? [...from, STDIN] : from
  const named = target === STDIN ? null : (target ?? null)
  if (paths.length === 0 && named === null) {
    throw nothingNamed(command)
  }
  const engine = await context.engine()
  if (paths.length === 0 && named !== null) return engine.collect(named, { since })
  const options = paths.includes(STDIN) ? { stdin: context.io.stdin() } : {}
  const progress = progressOf(context.io, flags)
  try {
    return { world: await engine.readFiles([...new Set(paths)], options), target: named }
  } finally {
    progress.end()
  }
}

/** @param command the words of the command that needs a target or evidence: `why` */
export function nothingNamed(command: string): StellaError {
  return usageError(
    'nothing to look at: neither a target nor evidence is named',
    null,
    `name one, as in 'stella ${command} docker:web' or 'stella ${command} --from kernel.log'`,
  )
}
