import type { Wording } from '../wording.ts'

const REAPED = /^oom_reaper: reaped process (\d{1,10}) \(([^]*)\)(?:,|$)/

/** "oom_reaper: reaped process 96 (tail), now anon-rss:0kB, …": 4.6 and newer. */
export const reaped: Wording = {
  id: 'reaped',
  needle: 'oom_reaper: reaped',
  read(text) {
    const match = REAPED.exec(text)
    if (match === null) return null
    return { said: 'reaped', pid: Number(match[1]), name: match[2] ?? '' }
  },
}
