/** The two engines of the database, to be measured: safe against a loss of power, which those of the tests are not. */
import { embedded, server } from '../../test/support/databases.ts'
import type { Engine } from '../../test/support/databases.ts'
import { requireParts } from '../../test/support/parts.ts'

/** Each with what starts it, and why it cannot be here (null: it can). */
export const ENGINES: readonly [string, () => Engine | Promise<Engine>, string | null][] = [
  ['embedded', embedded, null],
  ['PostgreSQL', () => server('fsync = on\n'), requireParts('root', 'postgresql')],
]
