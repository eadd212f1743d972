import type { Wording } from '../wording.ts'

/** "Out of memory and no killable processes...": out_of_memory() found nobody it may kill. */
export const noKillable: Wording = {
  id: 'no-killable',
  needle: 'no killable processes',
  read(text) {
    return text.startsWith('Out of memory and no killable processes')
      ? { said: 'no-killable', manual: false }
      : null
  },
}

/** "sysrq: OOM request ignored. No task eligible": the same, asked for by hand. */
export const manualIgnored: Wording = {
  id: 'manual-ignored',
  needle: 'OOM request ignored',
  read(text) {
    return /^sysrq ?: OOM request ignored/i.test(text)
      ? { said: 'no-killable', manual: true }
      : null
  },
}
