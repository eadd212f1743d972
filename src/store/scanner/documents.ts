/** SBOMs, in parts of a size that a statement takes easily. */
import type { Kysely, Transaction } from 'kysely'
import type { ScannerTables } from './tables.ts'

/** Replaces what an earlier attempt left; gives how many bytes it takes. */
export async function keepDocument(
  work: Transaction<ScannerTables>,
  job: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
  await work.deleteFrom('scanner_documents').where('job_id', '=', job).execute()
  let part = 0
  let taken = 0
  for await (const bytes of pieces) {
    taken += bytes.length
    await work
      .insertInto('scanner_documents')
      .values({ job_id: job, part: part++, bytes })
      .execute()
  }
  return taken
}

export async function* readDocument(
  db: Kysely<ScannerTables>,
  job: string,
): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part++) {
    const row = await db
      .selectFrom('scanner_documents')
      .select('bytes')
      .where('job_id', '=', job)
      .where('part', '=', part)
      .executeTakeFirst()
    if (row === undefined) return
    yield row.bytes
  }
}
