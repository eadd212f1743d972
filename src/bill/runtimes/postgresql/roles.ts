import type { ProcessState } from '../../../model/facts.ts'
import { baseName } from '../../../parsers/lines.ts'

/** What a process of the tree does, as its title tells. */
export type Role =
  | 'postmaster'
  | 'client backend'
  | 'parallel worker'
  | 'autovacuum worker'
  | 'replication'
  | 'background'

/** The titles of set_ps_display and init_ps_display; everything else is a client's: `postgres: user database host state`. */
const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/^parallel worker for PID \d+/, 'parallel worker'],
  [/^autovacuum worker/, 'autovacuum worker'],
  [/^wal ?(?:sender|receiver)/, 'replication'],
  [/^logical replication (?:\w+ )*worker/, 'replication'],
  [
    /^(?:checkpointer|background writer|wal ?writer|walsummarizer|autovacuum launcher|stats collector|logger|archiver|startup|io worker|slotsync worker|logical replication launcher)\b/,
    'background',
  ],
]

/** The main process: all others are its children, also those of a parallel query. */
export function isPostmaster(process: ProcessState): boolean {
  const [program = ''] = process.command
  const name = baseName(process.executable ?? program)
  return /^(?:postgres|postmaster)$/.test(name) && titleOf(process) === null
}

/** Null: none of its processes, or one that has no title yet. */
export function roleOf(process: ProcessState): Role | null {
  const title = titleOf(process)
  if (title === null) return null
  // With cluster_name set it stands before the role: `postgres: 15/main: checkpointer`.
  const bare = title.replace(/^[^:]{1,64}: /, '')
  for (const [words, role] of ROLES) if (words.test(title) || words.test(bare)) return role
  return 'client backend'
}

/** A client's backend that waits for its client. */
export function isIdle(process: ProcessState): boolean {
  return / idle(?: in transaction(?: \(aborted\))?)?\s*$/.test(titleOf(process) ?? '')
}

/** One that waits with a transaction open. */
export function isInTransaction(process: ProcessState): boolean {
  return / idle in transaction(?: \(aborted\))?\s*$/.test(titleOf(process) ?? '')
}

function titleOf({ command }: ProcessState): string | null {
  return /^postgres: (.*)$/s.exec(command.join(' '))?.[1]?.trimEnd() ?? null
}
