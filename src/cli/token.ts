import { readFileSync } from 'node:fs'
import { usageError } from '../model/errors.ts'
import { unreadInput } from '../model/unread-input.ts'
import type { TokenHolder } from '../server/guard.ts'

const LEAST_CHARACTERS = 16
const NAME = /^[\w.@-]{1,64}$/

/**
 * The token that a caller sends: from a file, else from STELLA_TOKEN; null where there is none.
 *
 * @throws StellaError 3 where the file cannot be read, 2 where the token is too short to be one
 */
export function readToken(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  return readTokens(file, env)?.[0]?.token ?? null
}

/**
 * The tokens that a server takes, a line each: `TOKEN`, or `TOKEN NAME GROUP,GROUP` where it is somebody's own. From a file, else
 * from STELLA_TOKEN; null where there is none.
 *
 * @throws StellaError 3 where the file cannot be read, 2 where a line is none of these
 */
export function readTokens(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly TokenHolder[] | null {
  const text = file === undefined ? (env['STELLA_TOKEN'] ?? '') : textOf(file)
  if (text.trim() === '' && file === undefined) return null
  const where = file ?? 'STELLA_TOKEN'
  const lines = text.trim().split('\n')
  const read = lines.map((line, at) => holderIn(line, `${where}:${at + 1}`))
  const hasGroups = read.some(({ groups }) => groups.length > 0)
  const [twice] = read.filter(
    ({ token }, at) => read.findIndex((each) => each.token === token) < at,
  )
  if (twice !== undefined) {
    throw usageError('a token stands in it twice', where, 'give everybody one of their own')
  }
  return read.map(({ token, name, groups }) => ({
    token,
    name,
    groups: hasGroups ? new Set(groups) : null,
    isRun: false,
  }))
}

function holderIn(
  line: string,
  where: string,
): { token: string; name: string | null; groups: readonly string[] } {
  const [token = '', name = null, list = '', ...more] = line.trim().split(/\s+/)
  const groups = list === '' ? [] : list.split(',')
  if (token.length < LEAST_CHARACTERS) {
    throw usageError(
      'the token is too short',
      where,
      `give it ${LEAST_CHARACTERS} characters at least, as 'openssl rand -hex 24' does`,
    )
  }
  const isNamed = [...(name === null ? [] : [name]), ...groups].every((each) => NAME.test(each))
  if (isNamed && more.length === 0) return { token, name, groups }
  throw usageError(
    'what follows the token is no name with groups',
    where,
    'write a line as TOKEN NAME GROUP,GROUP',
  )
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadInput(error, path, 'name a file with the token')
  }
}
