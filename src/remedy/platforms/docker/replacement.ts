/** The steps by which another container takes the place of one. */
import { quote } from '../../../advice/shell.ts'
import type { FixStep, JsonObject } from '../../../model/fix.ts'
import type { Instant } from '../../../model/time.ts'
import { died } from './inspected.ts'
import type { Inspected } from './inspected.ts'
import type { Move, RestartPolicy } from './moves.ts'

export interface Replacement {
  where: string
  /** The one that is replaced. */
  found: Inspected
  /** What the new one is made of. */
  body: JsonObject
  networks: readonly { network: string; body: JsonObject }[]
  /** Of the old one; null where it cannot be changed. */
  policy: RestartPolicy | null
  limitBytes: number
  at: Instant
}

/**
 * The new container is made and connected before the old one is stopped: what can fail, fails while nothing has happened.
 */
export function replacementSteps(engine: 'docker' | 'podman', by: Replacement): FixStep[] {
  const { where, found, body, policy, limitBytes } = by
  const { id, name } = found
  const stamp = new Date(by.at).toISOString().replace(/[-:]/g, '').replace(/\..*/, '')
  const aside = `${name}-before-fix-${stamp}`
  const waiting = `${name}-after-fix-${stamp}`
  const step = (move: Move, says: string, ...words: string[]): FixStep => ({
    id: move.move,
    says,
    command: words.length === 0 ? null : [engine, ...words.map(quote)].join(' '),
    data: { ...move },
  })
  const create: Move = {
    move: 'create',
    where,
    id,
    waiting,
    body,
    networks: [...by.networks],
    command: [...found.command],
  }
  const start: Move = { move: 'start', where, container: name, aside: id, limitBytes }
  return [
    step(create, `make ${waiting} like ${name}, with the change`),
    ...(policy === null
      ? []
      : [
          step(
            { move: 'policy', where, id, before: policy, ran: found.running },
            `let nothing but stella start the old ${name}`,
            ...['update', '--restart', 'no', name],
          ),
        ]),
    ...(found.running ? [step({ move: 'stop', where, id }, `stop ${name}`, 'stop', name)] : []),
    step(
      { move: 'set-aside', where, id, name, aside },
      `keep the old one as ${aside}`,
      ...['rename', name, aside],
    ),
    step(
      { move: 'take-name', where, waiting, name },
      `give the name ${name} to the new one`,
      ...['rename', waiting, name],
    ),
    ...(found.running || died(found) ? [step(start, `start the new ${name}`, 'start', name)] : []),
  ]
}
