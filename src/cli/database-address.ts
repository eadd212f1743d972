import { usageError } from '../model/errors.ts'

/**
 * The address of a PostgreSQL server: the option, else STELLA_DATABASE; empty where none is named. It may hold a password, and is
 * not repeated.
 *
 * @throws StellaError (usage) where it is none
 */
export function databaseAddress(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const url = given ?? env['STELLA_DATABASE'] ?? ''
  if (url === '' || (/^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url))) return url
  throw usageError(
    'this is no address of a PostgreSQL server',
    '--database',
    'give postgres://user@host/name',
  )
}
