/** What is set, and who changed it when. */
import type { Kysely, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { SettingChange } from '../../model/scan-job.ts'
import type { Instant } from '../../model/time.ts'
import type { ScannerTables } from './tables.ts'

export interface SettingsStore {
  /** Texts by keys. */
  all(): Promise<ReadonlyMap<string, string>>
  /** Null takes a setting away. What is so already is no change; null then. */
  change(wanted: {
    key: string
    to: string | null
    at: Instant
    by: string
  }): Promise<SettingChange | null>
  /** Newest first. */
  history(query: { limit: number; key?: string | undefined }): Promise<readonly SettingChange[]>
  /** By its number, however old; null: there is none. */
  find(change: number): Promise<SettingChange | null>
}

export function settingsOn(db: Kysely<ScannerTables>): SettingsStore {
  return {
    async all() {
      const rows = await db.selectFrom('scanner_settings').selectAll().execute()
      return new Map(rows.map(({ key, value }) => [key, value]))
    },
    change: ({ key, to, at, by }) =>
      db.transaction().execute(async (work) => {
        // A row that is not there yet cannot be locked, and each change has to know the one before it.
        await sql`lock table scanner_settings in exclusive mode`.execute(work)
        const held = await work
          .selectFrom('scanner_settings')
          .select('value')
          .where('key', '=', key)
          .executeTakeFirst()
        const from = held?.value ?? null
        if (from === to) return null
        if (to === null) await work.deleteFrom('scanner_settings').where('key', '=', key).execute()
        else {
          await work
            .insertInto('scanner_settings')
            .values({ key, value: to })
            .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: to }))
            .execute()
        }
        const { id } = await work
          .insertInto('scanner_setting_changes')
          .values({ key, from_value: from, to_value: to, at: new Date(at), by })
          .returning('id')
          .executeTakeFirstOrThrow()
        return { id, key, from, to, at, by }
      }),
    async history({ limit, key }) {
      let select = db.selectFrom('scanner_setting_changes').selectAll()
      if (key !== undefined) select = select.where('key', '=', key)
      const rows = await select.orderBy('id', 'desc').limit(limit).execute()
      return rows.map(changeOf)
    },
    async find(change) {
      const row = await db
        .selectFrom('scanner_setting_changes')
        .selectAll()
        .where('id', '=', change)
        .executeTakeFirst()
      return row === undefined ? null : changeOf(row)
    },
  }
}

function changeOf(row: Selectable<ScannerTables['scanner_setting_changes']>): SettingChange {
  return {
    id: row.id,
    key: row.key,
    from: row.from_value,
    to: row.to_value,
    at: row.at.getTime(),
    by: row.by,
  }
}
