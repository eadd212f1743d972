import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../test/support/databases.ts'
import type { Engine } from '../../test/support/databases.ts'
import { ended, newJob, NOW, scanned, scannerOf, take } from '../../test/support/scanner-store.ts'
import type { Database } from '../store/database/types.ts'
import type { ScannerStore } from '../store/scanner/open.ts'
import { settingsDesk } from './settings-desk.ts'
import { startSweeper } from './sweeper.ts'

const DAY_MS = 86_400_000
const [name, start, isMissing] = ENGINES[0] ?? []

describe.skipIf(start === undefined || isMissing)(`the sweeper over ${name}`, () => {
  let engine: Engine | undefined
  let database: Database | undefined
  let store: ScannerStore
  beforeAll(async () => {
    engine = await start?.()
    database = await engine?.open()
    if (database === undefined) throw new Error('there is no database')
    store = await scannerOf(database)
  }, 60_000)
  afterAll(async () => {
    await database?.close()
    await engine?.end()
  })

  it('goes by what is set, and tells what it dropped', async () => {
    for (const daysAgo of [3, 2]) {
      await store.jobs.submit(newJob())
      const end = ended({ endedAt: NOW - daysAgo * DAY_MS })
      await store.jobs.done(await take(store, 'default'), end, scanned(Buffer.from('x')))
    }
    const said: string[] = []
    const now = (): number => NOW
    await settingsDesk(store, now).set('retention.jobs', '60h', 'me')
    const sweeper = startSweeper({ store, now, onSays: (says) => void said.push(says) })
    await expect.poll(() => said).toEqual(['dropped what is too old or too much (jobs: 1)'])
    await sweeper.stop()
    expect(await store.retention.kept()).toMatchObject({ jobs: 1, documents: 1 })
  })

  it('says what goes wrong, and is stopped all the same', async () => {
    const said: string[] = []
    const away = {
      ...store,
      settings: { ...store.settings, all: () => Promise.reject(new Error('the database is away')) },
    }
    const sweeper = startSweeper({
      store: away,
      now: () => NOW,
      onSays: (says) => void said.push(says),
    })
    await expect.poll(() => said).toEqual(['old jobs could not be dropped: the database is away'])
    await sweeper.stop()
  })
})
