import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../../test/support/databases.ts'
import type { Engine } from '../../../test/support/databases.ts'
import { scannerOf } from '../../../test/support/scanner-store.ts'
import type { Database } from '../database/types.ts'

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(`the scanner in ${name}`, () => {
    let engine: Engine
    let database: Database
    beforeAll(async () => {
      engine = await start()
      database = await engine.open()
    }, 120_000)
    afterAll(async () => {
      await database.close()
      await engine.end()
    })

    it('has something to go on with once a worker was started again: that is told on', async () => {
      const store = await scannerOf(database)
      expect(await database.hasScannerWork()).toBe(false)
      await store.pools.restarted('default', 'oom')
      expect(await database.hasScannerWork()).toBe(true)
    })
  })
}
