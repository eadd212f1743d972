import { usageError } from '../model/errors.ts'
import { LEAN_FLAG } from '../store/database/settings.ts'

/**
 * Starts this program again with the flag that the embedded database wants, unless it has it: only a new program can.
 *
 * @throws StellaError (usage) where the system cannot do that
 */
export function becomeLean(): void {
  const { execPath, execArgv, argv, env, execve } = process
  if (execArgv.includes(LEAN_FLAG)) return
  if (execve === undefined) {
    throw usageError(
      'the embedded database does not run on this system',
      '--database',
      'name a PostgreSQL server',
    )
  }
  execve.call(process, execPath, [execPath, LEAN_FLAG, ...execArgv, ...argv.slice(1)], env)
}
