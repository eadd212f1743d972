import type { Wording } from '../wording.ts'

const PANIC = /^Kernel panic - not syncing: ?([^]*)$/
/** The words of out_of_memory() and check_panic_on_oom() over the years. */
const MEMORY = /out of memory|deadlocked on memory|panic_on_oom|no killable processes/i

/** "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled" and every other panic. */
export const panic: Wording = {
  id: 'panic',
  needle: 'Kernel panic - not syncing',
  read(text) {
    const match = PANIC.exec(text)
    if (match === null) return null
    const message = (match[1] ?? '').trim()
    return { said: 'panic', message, outOfMemory: MEMORY.test(message) }
  },
}
