/** What a command does to the world, as far as it is known. Only what is known to look is let through as a check. */
import { FILTERS } from './programs/filters.ts'
import { DCOS } from './programs/dcos.ts'
import { DOCKER } from './programs/docker.ts'
import { HOST } from './programs/host.ts'
import { JCMD } from './programs/jcmd.ts'
import { KUBECTL } from './programs/kubectl.ts'
import { REDIS } from './programs/redis.ts'
import { STELLA } from './programs/stella.ts'
import { SYSTEMD } from './programs/systemd.ts'
import type { Effect, ProgramRule } from './program.ts'

const RULES: readonly ProgramRule[] = [
  STELLA,
  DOCKER,
  KUBECTL,
  SYSTEMD,
  REDIS,
  JCMD,
  DCOS,
  ...HOST,
  ...FILTERS,
]
const BY_NAME = new Map(RULES.flatMap((rule) => rule.names.map((name) => [name, rule] as const)))

/** Of one program with its words; the first word is its name. */
export function effectOf([name = '', ...args]: readonly string[]): Effect {
  return BY_NAME.get(name)?.effect(args, effectOf) ?? 'unknown'
}

/** Of a pipe: it changes something where one of its programs does. */
export function effectOfAll(programs: readonly (readonly string[])[]): Effect {
  const effects = programs.map(effectOf)
  if (effects.includes('changes')) return 'changes'
  return effects.includes('unknown') || effects.length === 0 ? 'unknown' : 'looks'
}
