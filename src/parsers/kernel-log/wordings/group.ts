import type { Wording } from '../wording.ts'

const GROUP = /^Tasks in ([^]*?) are going to be killed due to memory\.oom\.group set/

/** "Tasks in /pod/c are going to be killed due to memory.oom.group set": 4.19 and newer. */
export const group: Wording = {
  id: 'group',
  needle: 'are going to be killed',
  read(text) {
    const match = GROUP.exec(text)
    return match === null ? null : { said: 'group', memcg: match[1] ?? '' }
  },
}
