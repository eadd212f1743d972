import { join } from 'node:path'
import { usageError } from '../model/errors.ts'

/**
 * Where stella keeps what it records and what it changed: the option, else STELLA_DATA, else the usual place of the user.
 *
 * @throws StellaError (usage) where there is no home either
 */
export function dataFolder(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  isRoot: boolean,
): string {
  const named = given ?? env['STELLA_DATA']
  if (named !== undefined && named !== '') return named
  if (isRoot) return '/var/lib/stella'
  const state =
    env['XDG_STATE_HOME'] ?? (env['HOME'] === undefined ? null : join(env['HOME'], '.local/state'))
  if (state !== null) return join(state, 'stella')
  throw usageError('there is no folder to keep records in', null, 'name one with --data DIR')
}
