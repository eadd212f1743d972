/** Lines that each know the one before, so that none can be changed, taken out or put in without notice. */
import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import type { Seal } from './seal.ts'

/** What stands before the first line. */
export const START = '0'.repeat(64)

const Link = z.object({ n: z.number(), before: z.string(), event: z.unknown() })

export interface ChainRead {
  events: readonly unknown[]
  /** The hash that the next line has to name. */
  head: string
  /** Where it was broken: what follows is not trusted, and not given. Null: it is whole. */
  broken: { line: number; says: string } | null
  /** Characters that are whole lines; behind them stands what a crash cut off. */
  wholeLength: number
}

/** @param n of the line, from 1 */
export function linked(event: unknown, n: number, before: string): { line: string; head: string } {
  const line = JSON.stringify({ n, before, event })
  return { line: `${line}\n`, head: hashOf(line) }
}

/** @param seal what was written at least; null: nobody knows */
export function readChain(text: string, seal: Seal | null): ChainRead {
  const wholeLength = text.lastIndexOf('\n') + 1
  const lines = wholeLength === 0 ? [] : text.slice(0, wholeLength - 1).split('\n')
  const events: unknown[] = []
  let head = START
  for (const [at, line] of lines.entries()) {
    const says = (problem: string): ChainRead => ({
      events,
      head,
      broken: { line: at + 1, says: problem },
      wholeLength,
    })
    const link = linkIn(line)
    if (link === null) return says('it is none of this journal')
    if (link.n !== at + 1) return says(`it is numbered ${link.n}, and stands at ${at + 1}`)
    if (link.before !== head) return says('the line before it was changed after it was written')
    const own = hashOf(line)
    if (at + 1 === seal?.lines && own !== seal.head) {
      return says('it is another line than the one that was written')
    }
    events.push(link.event)
    head = own
  }
  return { events, head, broken: cutOff(lines.length, seal), wholeLength }
}

function cutOff(lines: number, seal: Seal | null): ChainRead['broken'] {
  const line = lines + 1
  if (seal === null) return { line, says: 'its .head file is gone: lines may be missing from here' }
  const missing = seal.lines - lines
  if (missing <= 0) return null
  return { line, says: `${missing} ${missing === 1 ? 'line is' : 'lines are'} missing from here` }
}

function linkIn(line: string): z.infer<typeof Link> | null {
  try {
    const read = Link.safeParse(JSON.parse(line))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

function hashOf(line: string): string {
  return createHash('sha256').update(line).digest('hex')
}
