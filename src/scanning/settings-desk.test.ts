import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../test/support/databases.ts'
import type { Engine } from '../../test/support/databases.ts'
import { NOW, scannerOf } from '../../test/support/scanner-store.ts'
import { GIB } from '../model/bytes.ts'
import type { Database } from '../store/database/types.ts'
import type { ScannerStore } from '../store/scanner/open.ts'
import { newPool } from '../store/scanner/pools.ts'
import type { HeldSetting } from './desk.ts'
import { settingsDesk } from './settings-desk.ts'
import { SETTINGS } from './settings/index.ts'

const MEMORY = 'worker.memory_limit'
const LARGE = 'routing.large_image_pool'
const [name, start, isMissing] = ENGINES[0] ?? []

describe.skipIf(start === undefined || isMissing)(`settings at the desk over ${name}`, () => {
  let engine: Engine | undefined
  let database: Database | undefined
  let store: ScannerStore
  let desk: ReturnType<typeof settingsDesk>

  beforeAll(async () => {
    engine = await start?.()
    database = await engine?.open()
    if (database === undefined) throw new Error('there is no database')
    store = await scannerOf(database)
    desk = settingsDesk(store, () => NOW)
  }, 60_000)
  afterAll(async () => {
    await database?.close()
    await engine?.end()
  })

  const held = async (key: string): Promise<HeldSetting | undefined> =>
    (await desk.settings()).find((each) => each.key === key)
  const lastChange = async (): Promise<number> => (await desk.history({ limit: 1 }))[0]?.id ?? 0

  it('are all told with what they usually are', async () => {
    const all = await desk.settings()
    expect(all.map(({ key }) => key)).toEqual(SETTINGS.map(({ key }) => key))
    expect(all.every(({ isUsual }) => isUsual)).toBe(true)
    expect(await held(MEMORY)).toMatchObject({ value: '4Gi', told: { bytes: 4 * GIB } })
    expect(await held(LARGE)).toMatchObject({ value: null, told: {} })
  })

  it('are set as they are written, told in plain units, and taken away', async () => {
    const { change, ...set } = await desk.set(MEMORY, '8Gi', 'me')
    expect(set).toMatchObject({ value: '8Gi', isUsual: false, told: { bytes: 8_589_934_592 } })
    expect(await held(MEMORY)).toEqual(set)
    expect(await desk.rollback(change ?? 0, 'me')).toMatchObject({ key: MEMORY, to: null })
    expect(await held(MEMORY)).toMatchObject({ value: '4Gi', isUsual: true })
    await desk.set(MEMORY, '8Gi', 'me')
    expect((await desk.set(MEMORY, '8Gi', 'me')).change).toBeNull()
    expect(await desk.set(MEMORY, null, 'me')).toMatchObject({ value: '4Gi', isUsual: true })
  })

  it('are not usual where somebody set what is usual', async () => {
    expect(await desk.set(MEMORY, '4Gi', 'me')).toMatchObject({ value: '4Gi', isUsual: false })
    await desk.set(MEMORY, null, 'me')
  })

  it('are refused with what to write, and nothing is changed', async () => {
    const before = await lastChange()
    await expect(desk.set(MEMORY, '8GB', 'me')).rejects.toMatchObject({
      exitCode: 2,
      message: "'8GB' could mean two sizes",
      where: MEMORY,
      todo: 'write 8Gi (binary) or 8G (decimal)',
    })
    await expect(desk.set('memory', '8Gi', 'me')).rejects.toMatchObject({
      exitCode: 2,
      message: "there is no setting 'memory'",
      todo: `did you mean '${MEMORY}'?`,
    })
    await expect(desk.set('memory', null, 'me')).rejects.toMatchObject({ exitCode: 2 })
    expect(await lastChange()).toBe(before)
  })

  it('send large images to no pool that is not there', async () => {
    await expect(desk.set(LARGE, 'large-images', 'me')).rejects.toMatchObject({
      exitCode: 2,
      message: "there is no pool 'large-images', but default",
      where: LARGE,
      todo: 'make it first: stella scanner workers add --pool large-images --memory 16Gi --count 1',
    })
    await store.pools.put(newPool('large-images', 1))
    expect(await desk.set(LARGE, 'large-images', 'me')).toMatchObject({ value: 'large-images' })
  })

  it('count as unset where an earlier version wrote what is refused now', async () => {
    await store.settings.change({ key: MEMORY, to: '8GB', at: NOW, by: 'an earlier version' })
    expect(await held(MEMORY)).toMatchObject({
      value: '4Gi',
      isUsual: true,
      told: { bytes: 4 * GIB },
    })
  })

  describe('taken back', () => {
    it('are what they were before, and that is a change, too', async () => {
      await desk.set(MEMORY, '8Gi', 'me')
      await desk.set(MEMORY, '16Gi', 'me')
      const change = await lastChange()
      const back = await desk.rollback(change, 'you')
      expect(back).toMatchObject({ key: MEMORY, from: '16Gi', to: '8Gi', at: NOW, by: 'you' })
      expect((await held(MEMORY))?.value).toBe('8Gi')
      expect((await desk.history({ limit: 1 }))[0]).toEqual(back)
      await desk.rollback(back.id, 'you')
      expect((await held(MEMORY))?.value).toBe('16Gi')
    })

    it('are unset where they were', async () => {
      await desk.set(MEMORY, null, 'me')
      await desk.set(MEMORY, '8Gi', 'me')
      await desk.rollback(await lastChange(), 'me')
      expect(await held(MEMORY)).toMatchObject({ value: '4Gi', isUsual: true })
    })

    it('are found however old they are', async () => {
      await desk.set(MEMORY, '8Gi', 'me')
      const old = await lastChange()
      for (let at = 0; at < 1_001; at++) {
        const to = at % 2 === 0 ? '2' : '3'
        await store.settings.change({ key: 'jobs.max_attempts', to, at: NOW, by: 'me' })
      }
      expect(await desk.rollback(old, 'me')).toMatchObject({ key: MEMORY, from: '8Gi' })
      await desk.set('jobs.max_attempts', null, 'me')
    })

    it('are refused where nothing would change, or there is no such change', async () => {
      await desk.set(MEMORY, '8Gi', 'me')
      const change = await lastChange()
      await desk.set(MEMORY, null, 'me')
      const todo = 'see: stella scanner config history'
      await expect(desk.rollback(change, 'me')).rejects.toMatchObject({
        exitCode: 2,
        message: `${MEMORY} is unset already`,
        todo,
      })
      await expect(desk.rollback(1_000_000, 'me')).rejects.toMatchObject({
        exitCode: 3,
        message: 'there is no change 1000000',
        todo,
      })
    })

    it('are refused where what they were is refused now', async () => {
      await store.pools.put(newPool('large-images', 1))
      await desk.set(LARGE, 'large-images', 'me')
      await desk.set(LARGE, null, 'me')
      const change = await lastChange()
      await store.pools.remove('large-images')
      await expect(desk.rollback(change, 'me')).rejects.toMatchObject({
        exitCode: 2,
        message: "there is no pool 'large-images', but default",
      })
      await store.settings.change({ key: MEMORY, to: '8GB', at: NOW, by: 'an earlier version' })
      await desk.set(MEMORY, '8Gi', 'me')
      await expect(desk.rollback(await lastChange(), 'me')).rejects.toMatchObject({
        message: "'8GB' could mean two sizes",
      })
    })
  })
})
