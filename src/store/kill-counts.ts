/** What `/metrics` has counted, kept in the data folder: a counter that began anew would hide what it had not told yet. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { BINDING_SCOPES, VERDICT_CODES } from '../model/case.ts'
import { privateFolder, writeDurably } from './durable.ts'
import { storeProblem } from './problems.ts'

const count = z.int().check(z.nonnegative())

const KeptContainer = z.object({
  host: z.string(),
  platform: z.string(),
  /** As `stella why` takes it: `docker:web`. */
  target: z.string(),
  /** What became of the main process. */
  mainProcess: z.enum(['died', 'survived', 'unknown']),
  count,
  /** When the last one was counted. */
  at: z.number(),
})

const Kept = z.object({
  schema: z.literal('stella.counts/1'),
  /** The first start of the server. What happened before is in no counter. */
  since: z.number(),
  verdicts: z.partialRecord(z.enum(VERDICT_CODES), count),
  scopes: z.partialRecord(z.enum(BINDING_SCOPES), count),
  containers: z.array(KeptContainer),
  /** Incidents that are counted, the newest last. */
  counted: z.array(z.string()),
})
export type KeptCounts = z.infer<typeof Kept>
export type KeptContainerKills = z.infer<typeof KeptContainer>

const THING = 'the file of counters'

/**
 * Null: nothing was counted yet, or what is there cannot be understood; counters begin anew then.
 *
 * @param dataFolder see `dataFolder` in data-folder.ts
 */
export function readCounts(dataFolder: string): KeptCounts | null {
  try {
    const read = z.safeParse(Kept, JSON.parse(readFileSync(fileIn(dataFolder), 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

/** @throws StellaError (unreachable) where the disk is full, or the folder may not be written */
export function writeCounts(dataFolder: string, counts: KeptCounts): void {
  try {
    privateFolder(dataFolder)
    writeDurably(fileIn(dataFolder), `${JSON.stringify(counts)}\n`)
  } catch (error) {
    throw storeProblem(error, fileIn(dataFolder), THING)
  }
}

function fileIn(dataFolder: string): string {
  return join(dataFolder, 'counters.json')
}
