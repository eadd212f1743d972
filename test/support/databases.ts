/** The two engines of the database: the embedded one, and a PostgreSQL server of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Case } from '../../src/model/case.ts'
import type { CaseEntry } from '../../src/store/cases.ts'
import { openEmbedded, openServer } from '../../src/store/database/open.ts'
import type { Database } from '../../src/store/database/types.ts'
import { createGroup } from './cgroups.ts'
import type { TestGroup } from './cgroups.ts'
import { requireParts } from './parts.ts'
import { sampleCase } from './sample-case.ts'
import { startPostgres } from './server-starters.ts'
import { testbedFolder } from './testbed.ts'

export interface Engine {
  open(): Promise<Database>
  /** Carries out statements while the embedded one is closed. */
  execute(statements: string): Promise<void> | void
  end(): Promise<void> | void
}

export function embedded(): Engine {
  const folder = mkdtempSync(join(testbedFolder('databases'), 'embedded-'))
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

/** @param settings lines of its configuration; the last word counts */
export async function server(settings: string): Promise<Engine> {
  const folder = mkdtempSync(join(testbedFolder('databases'), 'server-'))
  const group: TestGroup = createGroup('postgres-store')
  const { client } = await startPostgres(group, folder, settings)
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
export const ENGINES: readonly [string, () => Engine | Promise<Engine>, string | null][] = [
  ['the embedded database', embedded, requireParts('root')],
  [
    'a PostgreSQL server',
    () => server('shared_buffers = 16MB\n'),
    requireParts('root', 'postgresql'),
  ],
]

/** A case of an incident, recorded a moment after it happened. */
export function caseEntry(
  incident: string,
  at: number,
  change: Partial<Case> = {},
  revision = 1,
): CaseEntry {
  const id = `c_${incident.padStart(4, '0')}`
  return { kind: 'case', at: at + 5, incident, revision, case: sampleCase({ id, at, ...change }) }
}
