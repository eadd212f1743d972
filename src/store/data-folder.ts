import { join } from 'node:path'
import { usageError } from '../model/errors.ts'

/** Where records are, as far as somebody has named it or it is usual for this user; null: nowhere. */
export function usualDataFolder(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  isRoot: boolean,
): string | null {
  const named = given ?? env['STELLA_DATA']
  if (named !== undefined && named !== '') return named
  if (isRoot) return '/var/lib/stella'
  const state =
    env['XDG_STATE_HOME'] ?? (env['HOME'] === undefined ? null : join(env['HOME'], '.local/state'))
  return state === null ? null : join(state, 'stella')
}

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
  const folder = usualDataFolder(given, env, isRoot)
  if (folder !== null) return folder
  throw usageError('there is no folder to keep records in', null, 'name one with --data DIR')
}
