import type { Wording } from '../wording.ts'

const CHOSEN =
  /^(?:[MO][^:]{0,60}: )?[Kk]ill process (\d{1,10}) \(([^]*)\) score (\d{1,10}) or (?:sacrifice child|a child|sacrifice|$)/

/**
 * "Memory cgroup out of memory: Kill process 16883 (oomApp) score 877 or sacrifice child": oom_kill_process() up to 5.2.
 * It names the task that was chosen; the "Killed process" line names the one that died, which may be its child.
 */
export const chosen: Wording = {
  id: 'chosen',
  needle: 'ill process',
  read(text) {
    const match = CHOSEN.exec(text)
    if (match === null) return null
    return {
      said: 'chosen',
      pid: Number(match[1]),
      name: match[2] ?? '',
      score: Number(match[3]),
    }
  },
}

const SHARING = /^Kill process (\d{1,10}) \(([^]*)\) sharing same memory/

/** "Kill process 4711 (java) sharing same memory": processes that die with the victim, up to 4.7. */
export const killedWith: Wording = {
  id: 'killed-with',
  needle: 'sharing same memory',
  read(text) {
    const match = SHARING.exec(text)
    if (match === null) return null
    return { said: 'killed-with', pid: Number(match[1]), name: match[2] ?? '' }
  },
}
