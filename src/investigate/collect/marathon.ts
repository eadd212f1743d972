import { unreachableError } from '../../model/errors.ts'
import type { World } from '../../model/evidence.ts'
import type { Target } from '../../model/subject.ts'
import type { Gathering } from './gathering.ts'

/** An app of Marathon. */
export async function collectMarathon(
  _gathering: Gathering,
  { app }: Extract<Target, { kind: 'marathon' }>,
): Promise<World> {
  throw unreachableError(
    `Marathon app ${app} cannot be asked for live`,
    null,
    'save the app and task JSON of its API and give them with --from',
  )
}
