import { createRunList } from '../../../app/runbooks/run-list.ts'
import { usualDataFolder } from '../../../store/data-folder.ts'
import type { CliContext } from '../../context.ts'
import type { DataFlags } from './run-flags.ts'

/** Of the newest: a command does not read a thousand journals to show a list. */
const MOST_LOOKED_AT = 200

/** When a run of each runbook ended well for the last time on this data folder, by their ids: times in UTC. */
export async function goodRuns(
  { io }: CliContext,
  { data }: DataFlags,
): Promise<ReadonlyMap<string, string>> {
  const folder = usualDataFolder(data, io.env, process.getuid?.() === 0)
  if (folder === null) return new Map()
  const warn = (says: string): void => io.err(`stella: ${says}\n`)
  return createRunList(folder, warn, MOST_LOOKED_AT).lastSucceeded()
}
