import { existsSync, readdirSync } from 'node:fs'

/** The records of a folder that has one folder for each, the newest first: their ids begin with the time. */
export function recordIds(folder: string, id: RegExp): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => id.test(name))
    .toSorted()
    .toReversed()
}
