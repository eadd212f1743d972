import { MIB } from '../../../model/bytes.ts'
import type { Said, Wording } from '../wording.ts'

type Kill = Omit<Extract<Said, { said: 'userspace' }>, 'said' | 'killer'>

const UNKNOWN: Kill = {
  pid: null,
  name: null,
  cgroup: null,
  signal: null,
  reason: null,
  rssBytes: null,
}

/** "Killed /a/b due to memory pressure for /a being 62.50% > 50.00% for > 20s with reclaim activity", systemd 249 and newer. */
const OOMD_KILLED = /^Killed (\/[^]*?) due to ([^]*)$/
/** Systemd 248 says why it sets out to kill below that group, and not whom. */
const OOMD_SETS_OUT =
  /^(Memory pressure for \/[^]* is greater than \d+ for more than \d+ seconds and there was reclaim activity)/

export const systemdOomd: Wording = daemon('systemd-oomd', 'systemd-oomd', (words) => {
  const killed = OOMD_KILLED.exec(words)
  if (killed !== null) {
    const [, cgroup = null, reason] = killed
    return { ...UNKNOWN, cgroup, signal: 'SIGKILL', reason: reasonOf(reason) }
  }
  const setsOut = OOMD_SETS_OUT.exec(words)
  return setsOut === null ? null : { ...UNKNOWN, signal: 'SIGKILL', reason: reasonOf(setsOut[1]) }
})

const UNIT = /^([^]*?): systemd-oomd killed (?:\d+|some) process\(es\) in this unit/

/** systemd, of a unit that systemd-oomd ended: "app.scope: systemd-oomd killed 12 process(es) in this unit." */
export const systemdUnit: Wording = {
  ...daemon('systemd-oomd', 'systemd', (words) => {
    const match = UNIT.exec(words)
    return match === null ? null : { ...UNKNOWN, cgroup: match[1] ?? null, signal: 'SIGKILL' }
  }),
  id: 'systemd-unit',
  needle: 'systemd-oomd killed',
}

const EARLYOOM =
  /^sending (SIG[A-Z]+) to process (\d{1,10})(?: uid \d+)? "([^]{0,15}?)": ((?:oom_score|badness)[^]*)$/
const EARLYOOM_OLD =
  /^[Kk]illing process (\d{1,10}) "?([^]{1,15}?)"?(?: with signal (\d+): ([^]*))?$/
const EARLYOOM_RSS = /VmRSS (\d{1,9}) MiB/

/** earlyoom: `sending SIGTERM to process 7378 uid 1000 "tail": oom_score 156, VmRSS 4962 MiB`, and what 0.x and 1.0 said. */
export const earlyoom: Wording = daemon('earlyoom', 'earlyoom', (words) => {
  const match = EARLYOOM.exec(words)
  if (match !== null) {
    const [, signal = null, pid, name = null, figures] = match
    const rss = EARLYOOM_RSS.exec(figures ?? '')
    return {
      ...UNKNOWN,
      pid: Number(pid),
      name,
      signal,
      reason: reasonOf(figures),
      rssBytes: rss === null ? null : Number(rss[1]) * MIB,
    }
  }
  const old = EARLYOOM_OLD.exec(words)
  if (old === null) return null
  const [, pid, name = null, signal, figures] = old
  const rss = EARLYOOM_RSS.exec(figures ?? '')
  return {
    ...UNKNOWN,
    pid: Number(pid),
    name,
    signal: signal === '9' ? 'SIGKILL' : signal === '15' ? 'SIGTERM' : null,
    reason: reasonOf(figures),
    rssBytes: rss === null ? null : Number(rss[1]) * MIB,
  }
})

/** nohang: "Sending SIGTERM to the victim"; 0.1: "Preventing OOM: trying to send the SIGTERM signal to stress,". */
export const nohang: Wording = daemon('nohang', 'nohang(?:-desktop)?', (words) => {
  const match = /^\s*Sending (SIG[A-Z]+) to the victim/.exec(words)
  if (match !== null) return { ...UNKNOWN, signal: match[1] ?? null }
  const old = /^\s*Preventing OOM: trying to send the (SIG[A-Z]+) signal to ([^]{1,15}),$/.exec(
    words,
  )
  return old === null ? null : { ...UNKNOWN, signal: old[1] ?? null, name: old[2] ?? null }
})

const NOHANG_VICTIM =
  /^nohang(?:-desktop)?(?:\[\d+\])?: \s*PID: +(\d{1,10}), name: ([^]*?), state: /

/** nohang: "  PID:       4711, name: tail, state: R (running), …", before the signal is sent. */
export const nohangVictim: Wording = {
  id: 'nohang-victim',
  needle: 'nohang',
  read(text) {
    const match = NOHANG_VICTIM.exec(text)
    if (match === null) return null
    return { said: 'candidate', killer: 'nohang', pid: Number(match[1]), name: match[2] ?? '' }
  },
}

const OOMD =
  /(?:^|: )oomd kill: (?:[\d.]+ ){3}([^]*?) {1,2}\d+ (?!.*killer:\(dry\))(\S*(?:ruleset|detector)[^]*)$/

/** oomd: "oomd kill: 21.80 20.50 3.90 workload.slice/a 9612345 ruleset:[x] detectorgroup:[y] killer:z v2". */
export const oomd: Wording = {
  id: 'oomd',
  needle: 'oomd kill: ',
  read(text) {
    const match = OOMD.exec(text)
    if (match === null) return null
    const [, cgroup = null, reason] = match
    const kill = { ...UNKNOWN, cgroup, signal: 'SIGKILL', reason: reasonOf(reason) }
    return { said: 'userspace', killer: 'oomd', ...kill }
  },
}

const TALOS =
  /^\[talos\] Sending SIGKILL to cgroup [^]*?"cgroup": ?"(?:\/sys\/fs\/cgroup)?(\/[^"]*)"/

/** Talos Linux 1.12 and newer: `[talos] Sending SIGKILL to cgroup {"component": …, "controller": "runtime.OOMController", "cgroup": "/sys/fs/cgroup/kubepods/…"}`. */
export const talos: Wording = {
  id: 'talos',
  needle: 'OOMController',
  read(text) {
    const cgroup = TALOS.exec(text)?.[1]
    if (cgroup === undefined) return null
    const kill = { ...UNKNOWN, cgroup, signal: 'SIGKILL' }
    return { said: 'userspace', killer: 'Talos OOMController', ...kill }
  },
}

function daemon(killer: string, tag: string, read: (words: string) => Kill | null): Wording {
  const start = new RegExp(String.raw`^${tag}(?:\[\d+\])?: `)
  return {
    id: killer,
    needle: killer,
    read(text) {
      const match = start.exec(text)
      const kill = match === null ? null : read(text.slice(match[0].length))
      return kill === null ? null : { said: 'userspace', killer, ...kill }
    },
  }
}

function reasonOf(words: string | undefined): string | null {
  const trimmed = words?.trim() ?? ''
  return trimmed === '' ? null : trimmed
}
