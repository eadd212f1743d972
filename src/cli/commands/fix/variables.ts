/** Variables of a container that somebody names with --env. */
import type { FixChoice } from '../../../advice/choose-fix.ts'
import { usageError } from '../../../model/errors.ts'

const VARIABLE = /^([A-Za-z_]\w{0,99})=([^\0\n]{0,4000})$/

/**
 * The change that they are.
 *
 * @param words `NAME=VALUE`, each
 * @throws StellaError (usage) for what is none
 */
export function variablesAsSaid(words: readonly string[]): FixChoice {
  const set = Object.fromEntries(words.map(variableIn))
  const names = Object.keys(set)
  return {
    kind: 'change',
    remedy: null,
    change: { kind: 'environment', set },
    where: 'own',
    because: [`What you named: ${names.join(', ')}.`],
    warnings: [],
  }
}

function variableIn(word: string): readonly [string, string] {
  const [, name, value] = VARIABLE.exec(word) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  throw usageError(
    // The value may be a secret.
    `'${word.split('=')[0]?.slice(0, 60)}' is no variable with its value`,
    '--env',
    'write it as --env SESSIONS_MAX=1000',
  )
}
