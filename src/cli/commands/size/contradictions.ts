import { usageError } from '../../../model/errors.ts'
import type { Target } from '../../../model/subject.ts'
import type { SizeFlags } from './flags.ts'

/** @throws StellaError (usage) where options do not fit together */
export function refuseContradictions(flags: SizeFlags, target: Target | undefined): void {
  const { series, prometheus } = flags
  if (series !== undefined && (target !== undefined || prometheus !== undefined)) {
    const other = target === undefined ? 'a Prometheus' : 'a target'
    throw usageError(`${other} and a series are two things`, null, NAME_ONE)
  }
  if (series === undefined && target === undefined && prometheus === undefined) {
    throw usageError('nothing to size is named', null, NAME_ONE)
  }
  if (flags.host === 0 || flags.limit === 0) {
    const option = flags.host === 0 ? '--host' : '--limit'
    throw usageError('a size of 0 bytes is none', option, 'name how much there is, or leave it out')
  }
  const asked = optionIn({
    '--query': flags.query,
    '--since': flags.since,
    '--token-file': flags.tokenFile,
  })
  if (asked !== null && prometheus === undefined) {
    throw usageError(
      'has a meaning with --prometheus alone',
      asked,
      'name the server, or leave it out',
    )
  }
  const own = optionIn({ '--for': flags.for, '--data': flags.data })
  if (own === null) return
  if (prometheus !== undefined) {
    throw usageError(
      'Prometheus tells what was before',
      own,
      'leave it out, or leave --prometheus out',
    )
  }
  if (target === undefined) {
    throw usageError('has no meaning for a series', own, 'leave it out, or name a target')
  }
}

const NAME_ONE = "name one, as in 'stella size docker:web' or 'stella size --series memory.csv'"

/** The first option that was given. */
function optionIn(options: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(options).find((name) => options[name] !== undefined) ?? null
}
