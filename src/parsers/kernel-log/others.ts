import type {
  KernelFault,
  KernelPanic,
  SuppressedReports,
  UserspaceKill,
} from '../../model/kernel.ts'
import { own, ownOrNull, type LogLine } from './line.ts'
import type { Said } from './wording.ts'

/** Facts kept of one log; what comes after is dropped, and the coverage says so. */
const MAX_OTHERS = 20_000
const MAX_WORDS = 500

export type OtherFact = KernelPanic | UserspaceKill | KernelFault | SuppressedReports
export interface Other {
  line: LogLine
  fact: OtherFact
}

type SaidApart = Extract<
  Said,
  { said: 'panic' | 'suppressed' | 'fault' | 'candidate' | 'userspace' }
>

/** What a log tells in single lines: panics, faults, suppressed reports, and the deeds of user-space killers. */
export class Others {
  readonly list: Other[] = []
  truncated = false
  private candidate: { pid: number; name: string } | null = null

  hear(said: SaidApart, line: LogLine): void {
    const { bootSeconds } = line
    switch (said.said) {
      case 'candidate':
        this.candidate = { pid: said.pid, name: own(said.name) }
        return
      case 'suppressed':
        return this.add(line, { kind: 'suppressed-reports', count: said.count, bootSeconds })
      case 'panic': {
        const message = own(said.message.slice(0, MAX_WORDS))
        const { outOfMemory } = said
        return this.add(line, { kind: 'kernel-panic', message, outOfMemory, bootSeconds })
      }
      case 'fault': {
        const message = own(said.message.slice(0, MAX_WORDS))
        const name = own(said.name)
        return this.add(line, { kind: 'kernel-fault', pid: said.pid, name, message, bootSeconds })
      }
      case 'userspace':
        return this.userspace(said, line)
    }
  }

  private userspace(told: Extract<Said, { said: 'userspace' }>, line: LogLine): void {
    const { said: _, ...kill } = told
    if (this.isToldAgain(kill.cgroup)) return
    const named = kill.killer === 'nohang' && kill.pid === null ? this.candidate : null
    this.candidate = null
    this.add(line, {
      kind: 'userspace-kill',
      ...kill,
      pid: kill.pid ?? named?.pid ?? null,
      name: ownOrNull(kill.name ?? named?.name ?? null),
      cgroup: ownOrNull(kill.cgroup),
      reason: ownOrNull(kill.reason?.slice(0, MAX_WORDS) ?? null),
    })
  }

  /** The service manager tells of the unit whose path systemd-oomd has told. */
  private isToldAgain(unit: string | null): boolean {
    const last = this.list.at(-1)?.fact
    if (unit === null || unit.startsWith('/') || last?.kind !== 'userspace-kill') return false
    return last.cgroup?.endsWith(`/${unit}`) === true
  }

  private add(line: LogLine, fact: OtherFact): void {
    if (this.list.length >= MAX_OTHERS) {
      this.truncated = true
      return
    }
    this.list.push({ line: { ...line, text: '', raw: own(line.raw.slice(0, 1000)) }, fact })
  }
}
