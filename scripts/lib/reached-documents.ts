/** Which documents were held against their schemas by any test of a run: each leaves a file by its name. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPO } from './repo.ts'

/** Names the folder; where it is not set, nobody wants to know. */
export const REACHED_FOLDER = 'STELLA_REACHED_DOCUMENTS'
export const SCHEMAS = join(REPO, 'docs/reference/schemas')

/** @param schema the file of the schema, without its folder */
export function noteReached(schema: string): void {
  const folder = process.env[REACHED_FOLDER]
  if (folder !== undefined) writeFileSync(join(folder, schema), '')
}

/** The schemas that no answer was held against: nothing proves that they are true, or that the document is still there. */
export function neverReached(folder: string): string[] {
  const reached = new Set(readdirSync(folder))
  return readdirSync(SCHEMAS).filter((schema) => !reached.has(schema))
}
