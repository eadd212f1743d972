/** Which process it is, so that it is known again later: PIDs are reused. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { hostReader } from '../reader.ts'
import { bootIdOf } from './boot-id.ts'

export interface ProcessIdentity {
  pid: number
  /** Clock ticks after boot: with the PID, the identity of a process. Empty: it was gone already. */
  startTicks: string
  bootId: string
  /** PIDs mean something within their namespace alone. */
  pidNamespace: string
}

export function identityOf(pid: number): ProcessIdentity {
  return {
    pid,
    startTicks: statOf(pid)?.startTicks ?? '',
    bootId: bootId(),
    pidNamespace: pidNamespace(),
  }
}

/** It was started on this machine since it booted, and its PID means here what it meant there. */
export function isFromHere(identity: Pick<ProcessIdentity, 'bootId' | 'pidNamespace'>): boolean {
  return identity.bootId === bootId() && identity.pidNamespace === pidNamespace()
}

/** The very process lives. A zombie does nothing more. */
export function livesStill({ pid, startTicks }: ProcessIdentity): boolean {
  const stat = statOf(pid)
  return stat !== null && stat.state !== 'Z' && stat.startTicks === startTicks
}

/** SIGKILL among the signals that wait, as a bit of a mask in hexadecimal. proc_pid_status(5) */
const KILLED = /^(?:SigPnd|ShdPnd):\s+[\da-f]*[13579bdf][\da-f]{2}$/m

/** It has ended, or was killed and is on its way out: it has no memory any more, or never runs again. */
export function isEnding(identity: ProcessIdentity): boolean {
  if (!livesStill(identity)) return true
  const status = textOf(`/proc/${identity.pid}/status`)
  return !/^VmRSS:/m.test(status) || KILLED.test(status)
}

export interface GroupMember {
  pid: number
  /** As the kernel names it: 15 characters at most. */
  name: string
}

/**
 * Who lives of the process group that a process of ours led, itself among them. While one of a group lives, the kernel gives its
 * number to no new process: only where the leader is another one now is the group another one, too.
 */
export function livingOfGroup(leader: ProcessIdentity): readonly GroupMember[] {
  if (!isFromHere(leader)) return []
  const now = statOf(leader.pid)
  if (now !== null && now.startTicks !== leader.startTicks) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = statOf(Number(name))
      const isOfIt = stat !== null && stat.group === leader.pid && stat.state !== 'Z'
      return isOfIt ? { pid: Number(name), name: stat.name } : []
    })
}

export function bootId(): string {
  return bootIdOf(hostReader()) ?? ''
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

interface Stat {
  name: string
  state: string
  group: number
  startTicks: string
}

/** Fields 2, 3, 5 and 22 of stat; the name may hold anything, its last parenthesis ends it. */
function statOf(pid: number): Stat | null {
  const stat = /^\d+ \((.*)\) (\S) \S+ (\d+)(?: \S+){16} (\d+)/s.exec(textOf(`/proc/${pid}/stat`))
  if (stat === null) return null
  const [, name = '', state = '', group = '', startTicks = ''] = stat
  return { name, state, group: Number(group), startTicks }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
