import type { LogLine } from './line.ts'
import { isRowStart } from './table.ts'

/** A sentence of the kernel that is longer than a mail's line: how to know that its end is missing, and what may follow. */
interface Breakable {
  starts(text: string): boolean
  /** The end of the sentence is there; null: it cannot be told. */
  ends: RegExp | null
  /** What the rest may look like. */
  rest: RegExp
}

const KILL_FIELD =
  /(?:total-vm|anon-rss|file-rss|shmem-rss):\d+kB,?|UID:\d+|pgtables:\d+kB|oom_score_adj:-?\d+/
const KILL_REST = /^(?:\(|:|,|[a-zA-Z:_-]*(?:vm|rss|kB|UID|B|tables|adj):?|\d*k?B?[ ,])/

const WHOLE_ROW = /^\[ *\d+\](?: +-?\d+){7,} +\S/

const BREAKABLES: readonly Breakable[] = [
  {
    starts: (text) => text.includes('Killed process'),
    ends: /oom_score_adj:-?\d+\s*$/,
    rest: /^(?:\(|[:,]|B,|\S*kB|\S*(?:vm|rss|UID|tables|adj):|[^]{0,15}\) total-vm:)/,
  },
  {
    starts: (text) => /[Kk]ill process \d+/.test(text),
    ends: /(?:sacrifice child|a child)\s*$/,
    rest: /^\([^]*score|^score|^or |^sacrifice child|^child/,
  },
  {
    starts: (text) => /oom-kill:constraint=/.test(text),
    ends: /,uid=-?\d+\s*$/,
    rest: /^[\w,./:@()=\\+-]*(?:task|memcg|pid=|uid=|mems_allowed|global_oom)/,
  },
  {
    starts: (text) => text.includes('invoked oom-killer') || /\binvoked\s*$/.test(text),
    ends: /(?:adj|oomkilladj)=-?\d+\s*$/,
    rest: /^(?:oom-killer:|gfp_mask=|order=|oom_score_adj=|oom_adj=)/,
  },
  {
    starts: (text) => text.includes('are going to be killed'),
    ends: /oom\.group set\s*$/,
    rest: /^(?:to |due |memory\.oom|set|killed )/,
  },
  {
    starts: (text) => text.startsWith('Task in '),
    ends: /limit of \S+\s*$/,
    rest: /^(?:\/|killed as|limit of|of |as a)/,
  },
  {
    starts: (text) => /^(?:CPU: \d+ |PID: |Pid: )/.test(text),
    ends: /\d\.\d+\.\d/,
    rest: /^(?:\d+\.\d+\.\d+|[A-Z ]+ \d+\.\d|[^]{0,15}(?:Not tainted|Tainted:))/,
  },
  {
    starts: (text) => /^\[ +pid +\]/.test(text),
    ends: / name\s*$/,
    rest: / name\s*$/,
  },
  {
    starts: isRowStart,
    // A name may go on in the next line.
    ends: null,
    rest: /^-?\d+ \s*\S/,
  },
  {
    starts: (text) => text.startsWith('Memory cgroup stats for '),
    ends: /unevictable:\d+KB\s*$|:\s*$/,
    rest: /^\w+:\d+KB/,
  },
]

/** Stands in every text that one of them begins with: one look before the many. */
const MAY_START =
  /ill(?:ed)? process|oom-kill|invoked|going to be|Task in|P[Ii][Dd]: |^\[ *(?:pid|\d)|cgroup stats/

/** Lines kept together at most; a sentence of the kernel is under 1 KiB, and mails break at 70 columns or later. */
const MAX_PIECES = 8

/** A name has at most 15 bytes, one of them the newline. */
const LONGEST_HALF = 14

/** Joins sentences that a mail program, or a process name with a newline, has broken. */
export class Joiner {
  private held: LogLine | null = null
  private breakable: Breakable | null = null
  private previous: LogLine | null = null
  private pieces = 0
  private readonly out: (line: LogLine) => void

  constructor(out: (line: LogLine) => void) {
    this.out = out
  }

  /** A sentence waits for its end. */
  get holding(): boolean {
    return this.held !== null
  }

  /** A line that no sentence begins with, while none waits. */
  pass(line: LogLine): void {
    this.previous = line
  }

  push(next: LogLine): void {
    // Lines between may have been passed over: then nothing goes on here.
    const previous =
      this.previous !== null && this.previous.number + 1 >= next.number ? this.previous : null
    const line = withBrokenName(next, previous)
    this.previous = next
    if (previous !== null && this.held !== null && this.breakable !== null) {
      const joined = join(this.held, this.breakable, line)
      if (joined !== null && this.pieces < MAX_PIECES) {
        this.pieces++
        this.hold(joined, this.pieces)
        return
      }
    }
    this.flush()
    this.hold(line, 1)
  }

  /** To be called at the end of the text, and where lines are left out. */
  flush(): void {
    const { held } = this
    this.held = null
    this.breakable = null
    if (held !== null) this.out(held)
  }

  private hold(line: LogLine, pieces: number): void {
    const breakable = MAY_START.test(line.text)
      ? BREAKABLES.find((candidate) => candidate.starts(line.text))
      : undefined
    if (breakable === undefined || breakable.ends?.test(line.text) === true) {
      this.held = null
      this.breakable = null
      this.out(line)
      return
    }
    this.held = line
    this.breakable = breakable
    this.pieces = pieces
  }
}

function join(held: LogLine, breakable: Breakable, next: LogLine): LogLine | null {
  const broken = isNameBroken(held, next)
  if (next.stamped && !broken) return null
  if (!broken && !breakable.rest.test(next.text)) return null
  if (!broken && WHOLE_ROW.test(held.text)) return null
  const between = broken || isSameMessage(next) ? '\n' : gap(held, next.text)
  return { ...held, text: `${held.text}${between}${next.text}`, raw: `${held.raw}\n${next.raw}` }
}

/** Dmesg and journalctl indent what follows a newline inside of a message. */
function isSameMessage(line: LogLine): boolean {
  return !line.stamped && line.raw.startsWith('        ')
}

/** "two⏎lines invoked oom-killer: …": the first half of the name is a line by itself, and looks like any other. */
function withBrokenName(line: LogLine, previous: LogLine | null): LogLine {
  if (line.stamped || previous === null || !previous.stamped) return line
  if (previous.text.length > LONGEST_HALF || !isSameMessage(line)) return line
  if (!/^[^]{0,14} invoked oom-killer:/.test(line.text)) return line
  return {
    ...previous,
    text: `${previous.text}\n${line.text}`,
    raw: `${previous.raw}\n${line.raw}`,
  }
}

/** A newline inside a process name: dmesg gives both halves the same stamp, or indents the second. */
function isNameBroken(held: LogLine, next: LogLine): boolean {
  if (held.bootSeconds !== next.bootSeconds && next.stamped) return false
  if (next.stamped && held.at !== next.at) return false
  if (WHOLE_ROW.test(held.text)) return isSameMessage(next) && next.text.length <= LONGEST_HALF
  const open = /Killed process \d+ \([^]{0,15}$/.test(held.text)
  if (open) return held.text.length < 64 && /^[^]{0,15}\) total-vm:/.test(next.text)
  if (!/,task=[^,]{0,15}$/.test(held.text)) return false
  return (next.stamped || isSameMessage(next)) && /^[^]{0,15},pid=\d+,uid=-?\d+$/.test(next.text)
}

/** Breaks at a blank lose it; hard breaks inside a word do not have one. */
function gap(line: LogLine, next: string): string {
  const held = line.text
  if (held.endsWith(' ')) return ''
  if (held.includes('oom-kill:constraint=')) return gapInSummary(line)
  const tail = held.slice(held.lastIndexOf(' ') + 1)
  const [head = ''] = next.split(' ')
  const whole = KILL_FIELD.exec(tail + head)
  const fieldIsBroken =
    whole !== null &&
    whole[0].length === (tail + head).length &&
    KILL_FIELD.exec(tail)?.[0] !== tail
  return fieldIsBroken ||
    KILL_REST.exec(next)?.[0]?.startsWith(':') === true ||
    next.startsWith(',')
    ? ''
    : ' '
}

/** The only blank can be in the name, and it is broken at it only where nothing was broken before. */
function gapInSummary(held: LogLine): string {
  return /,task=[^,]*$/.test(held.text) && !held.raw.includes('\n') ? ' ' : ''
}
