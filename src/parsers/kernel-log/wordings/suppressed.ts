import type { Wording } from '../wording.ts'

const SUPPRESSED = /^_*oom_kill\w*: (\d{1,10}) callbacks suppressed/

/** "oom_kill_process: 19 callbacks suppressed": headers were rate-limited (10 in 5 s); the kill lines were not. */
export const suppressed: Wording = {
  id: 'suppressed',
  needle: 'callbacks suppressed',
  read(text) {
    const match = SUPPRESSED.exec(text)
    return match === null ? null : { said: 'suppressed', count: Number(match[1]) }
  },
}
