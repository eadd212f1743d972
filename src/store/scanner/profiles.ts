/** The memory of attempts, and the layers of what was scanned: larger than a job, and asked for by themselves. */
import type { Kysely, Transaction } from 'kysely'
import * as z from 'zod/mini'
import type { AttemptMemory, NumberedMemory, ScannedLayer } from '../../model/scan-profile.ts'
import { cleanJson } from '../database/clean.ts'
import { MAX_ATTEMPTS } from './job-rows.ts'
import { Layers, Memory } from './profile-shapes.ts'
import type { ScannerTables } from './tables.ts'

export async function keepMemory(
  work: Transaction<ScannerTables>,
  job: string,
  attempt: number,
  memory: AttemptMemory,
): Promise<void> {
  const row = { job_id: job, attempt, memory: cleanJson(memory) }
  await work.insertInto('scanner_memory').values(row).execute()
  // Of a job that is lost again and again only the last attempts are kept.
  await work
    .deleteFrom('scanner_memory')
    .where('job_id', '=', job)
    .where('attempt', '<=', attempt - MAX_ATTEMPTS)
    .execute()
}

/** In the order of the attempts. */
export async function readMemory(
  db: Kysely<ScannerTables>,
  job: string,
): Promise<readonly NumberedMemory[]> {
  const rows = await db
    .selectFrom('scanner_memory')
    .select(['attempt', 'memory'])
    .where('job_id', '=', job)
    .orderBy('attempt')
    .execute()
  return rows.flatMap(({ attempt, memory }) => {
    const read = z.safeParse(Memory, memory)
    return read.success ? [{ attempt, ...read.data }] : []
  })
}

export async function keepLayers(
  work: Transaction<ScannerTables>,
  job: string,
  layers: readonly ScannedLayer[],
): Promise<void> {
  const written = { layers: cleanJson(layers) }
  await work
    .insertInto('scanner_layers')
    .values({ job_id: job, ...written })
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet(written))
    .execute()
}

export async function readLayers(
  db: Kysely<ScannerTables>,
  job: string,
): Promise<readonly ScannedLayer[]> {
  const row = await db
    .selectFrom('scanner_layers')
    .select('layers')
    .where('job_id', '=', job)
    .executeTakeFirst()
  const read = z.safeParse(Layers, row?.layers)
  return read.success ? read.data : []
}
