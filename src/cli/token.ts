import { readFileSync } from 'node:fs'
import { usageError } from '../model/errors.ts'

const LEAST_CHARACTERS = 16

/**
 * The token of a server: from a file, else from STELLA_TOKEN; null where there is none.
 *
 * @throws StellaError (usage) where the file cannot be read, or the token is too short to be one
 */
export function readToken(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const token = (file === undefined ? (env['STELLA_TOKEN'] ?? '') : tokenIn(file)).trim()
  if (token === '' && file === undefined) return null
  if (token.length >= LEAST_CHARACTERS && !/\s/.test(token)) return token
  throw usageError(
    'the token is too short, or holds blanks',
    file ?? 'STELLA_TOKEN',
    `give it ${LEAST_CHARACTERS} characters at least, as 'openssl rand -hex 24' does`,
  )
}

function tokenIn(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw usageError(`the token cannot be read (${code})`, path, 'name a file that may be read')
  }
}
