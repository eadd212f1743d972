/** Settings are read, changed, and changed back. */
import { unreachableError, usageError } from '../model/errors.ts'
import type { Instant } from '../model/time.ts'
import type { ScannerStore } from '../store/scanner/open.ts'
import type { HeldSetting, ScannerDesk } from './desk.ts'
import { largeImagePool, settingOf, SETTINGS } from './settings/index.ts'
import type { AnySetting, SetTexts } from './settings/setting.ts'

export function settingsDesk(
  { settings, pools }: ScannerStore,
  now: () => Instant,
): Pick<ScannerDesk, 'settings' | 'set' | 'history' | 'rollback'> {
  /** @throws StellaError (usage) */
  async function check(setting: AnySetting, text: string): Promise<void> {
    const read = setting.check(text)
    if (!read.ok) throw usageError(read.problem, setting.key, read.todo)
    if (setting.key !== largeImagePool.key) return
    const names = (await pools.list()).map(({ name }) => name)
    if (names.includes(text)) return
    throw usageError(
      `there is no pool '${text}', but ${names.join(', ')}`,
      setting.key,
      `make it first: stella scanner workers add --pool ${text} --memory 16Gi --count 1`,
    )
  }

  return {
    async settings() {
      const set = await settings.all()
      return SETTINGS.map((setting) => held(setting, set))
    },
    async set(key, text, by) {
      const setting = settingOf(key)
      if (text !== null) await check(setting, text)
      const change = await settings.change({ key, to: text, at: now(), by })
      return { ...held(setting, await settings.all()), change: change?.id ?? null }
    },
    history: (query) => settings.history(query),
    async rollback(id, by) {
      const change = await settings.find(id)
      if (change === null) {
        throw unreachableError(
          `there is no change ${id}`,
          null,
          'see: stella scanner config history',
        )
      }
      const { key, from } = change
      if (from !== null) await check(settingOf(key), from)
      const back = await settings.change({ key, to: from, at: now(), by })
      if (back !== null) return back
      throw usageError(
        `${key} is ${from ?? 'unset'} already`,
        null,
        'see: stella scanner config history',
      )
    },
  }
}

function held(setting: AnySetting, set: SetTexts): HeldSetting {
  const text = set.get(setting.key)
  const isSet = text !== undefined && setting.check(text).ok
  const value = isSet ? text : setting.usual
  return {
    key: setting.key,
    value,
    isUsual: !isSet,
    brief: setting.brief,
    told: value === null ? {} : setting.told(value),
  }
}
