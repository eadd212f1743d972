/** The two engines of the database, to be measured: with statements of our own, and safe against a loss of power. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { openEmbedded, openServer } from '../../src/store/database/open.ts'
import type { Database } from '../../src/store/database/types.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import { requireParts } from '../../test/support/parts.ts'
import { startPostgres } from '../../test/support/server-starters.ts'
import { testbedFolder } from '../../test/support/testbed.ts'

export interface MeasuredEngine {
  open(): Promise<Database>
  /** Carries out statements while it is closed. */
  execute(statements: string): Promise<void> | void
  end(): Promise<void> | void
}

async function embedded(): Promise<MeasuredEngine> {
  const folder = mkdtempSync(join(testbedFolder('databases'), 'bench-embedded-'))
  return {
    open: () => openEmbedded(folder, Date.now()),
    async execute(statements) {
      const lite = await PGlite.create({ dataDir: join(folder, 'database') })
      await lite.exec(statements)
      await lite.close()
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function server(): Promise<MeasuredEngine> {
  const folder = mkdtempSync(join(testbedFolder('databases'), 'bench-server-'))
  const group = createGroup('bench-postgres')
  // The server of the tests does not wait for the disk; one that keeps anything does. The last word counts.
  const { client } = await startPostgres(group, folder, 'fsync = on\n')
  return {
    open: () => openServer(`postgres:///postgres?host=${encodeURIComponent(folder)}&user=postgres`),
    execute: (statements) => void client('-c', statements),
    async end() {
      await group.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Each with what starts it, and why it cannot be here (null: it can). */
export const ENGINES: readonly [string, () => Promise<MeasuredEngine>, string | null][] = [
  ['embedded', embedded, null],
  ['PostgreSQL', server, requireParts('root', 'postgresql')],
]
