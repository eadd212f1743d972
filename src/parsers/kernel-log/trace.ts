/** Lines that a report prints around its figures: a call trace, with what stands before and behind it. */

/** A line of a call trace, `dump_header+0x43/0x1c0`, which makes up half of a report and says nothing about memory. */
export function isTrace(text: string): boolean {
  return (
    text.includes('+0x') && text.includes('/0x') && !/oom-kill|ill(?:ed)? process|Comm:/.test(text)
  )
}

/** What stands around a call trace. */
export function isFrameOfTrace(raw: string, start: number): boolean {
  return (
    raw.startsWith('Code: ', start) ||
    raw.startsWith('Call Trace:', start) ||
    raw.startsWith('<TASK>', start) ||
    raw.startsWith('</TASK>', start)
  )
}

/** "RSP: 0018:ffff…", "R10: 0000000000000000 R11: …". */
export function isRegisters(raw: string, start: number): boolean {
  return (
    raw.charCodeAt(start + 3) === 0x3a &&
    /^R[A-Z0-9]{2}: [0-9a-f]{4}/.test(raw.slice(start, start + 10))
  )
}
