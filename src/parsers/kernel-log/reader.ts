import type { Observation } from '../../model/evidence.ts'
import type { Origin, StreamReader } from '../format.ts'
import { encodingOf, toUtf8, type Encoding } from './encoding.ts'
import { ExportCutter } from './export-records.ts'
import { JsonCutter, readRecord } from './json-records.ts'
import { isKmsg, readKmsg } from './kmsg.ts'
import type { LogLine } from './line.ts'
import { LineCutter } from './lines.ts'
import { sharedSearch, type NeedleSearch } from './search/index.ts'
import { PrefixReader } from './prefix.ts'
import { Sink } from './sink.ts'
import { isSeveral, splitText } from './split.ts'
import { isTrace } from './trace.ts'

/** So much is looked at before the form of the text is decided. */
const HEAD_BYTES = 4096

/** Where the bytes go once the form of the text is known. */
interface Form {
  push(bytes: Uint8Array): void
  finish(): void
  readonly lines: number
}

/** Opens a kernel log of any form. `search` finds the lines worth reading; implementations differ in speed only. */
export function openKernelLog(origin: Origin, search: NeedleSearch = sharedSearch()): StreamReader {
  const sink = new Sink(origin)
  let head = new Uint8Array(0)
  let form: Form | null = null

  function start(bytes: Uint8Array): Form {
    const encoding = encodingOf(bytes)
    const opened = toUtf8(encoding, formOf(decodeHead(bytes, encoding), origin, sink, search))
    opened.push(bytes)
    head = new Uint8Array(0)
    form = opened
    return opened
  }

  return {
    push(chunk: Uint8Array): void {
      if (form !== null) {
        form.push(chunk)
      } else if (head.length === 0 && chunk.length >= HEAD_BYTES) {
        start(chunk)
      } else {
        const grown = new Uint8Array(head.length + chunk.length)
        grown.set(head)
        grown.set(chunk, head.length)
        head = grown
        if (head.length >= HEAD_BYTES) start(head)
      }
    },
    finish(): Observation[] {
      const opened = form ?? start(head)
      opened.finish()
      return sink.finish(opened.lines)
    },
  }
}

function decodeHead(head: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(head.subarray(0, HEAD_BYTES)).replace(/^\uFEFF/, '')
}

function formOf(head: string, origin: Origin, sink: Sink, search: NeedleSearch): Form {
  const take = (line: LogLine): void => {
    if (!isSeveral(line)) return sink.take(line)
    for (const part of splitText(line)) sink.take(part)
  }
  if (isJson(head)) return jsonForm(take)
  if (isExport(head)) return new ExportCutter(take)
  return isKmsg(head) ? kmsgForm(sink, take, search) : textForm(origin, sink, take, search)
}

/** `{` alone, or `[` before `{`; a line of dmesg begins with `[` too, but no record follows it. */
export function isJson(head: string): boolean {
  return /^\s*(?:\[\s*)?\{\s*"/.test(head)
}

export function isExport(head: string): boolean {
  return /^\s*__CURSOR=/.test(head) && /^__REALTIME_TIMESTAMP=\d+$/m.test(head)
}

function jsonForm(take: (line: LogLine) => void): Form {
  const decoder = new TextDecoder()
  const cutter = new JsonCutter((json, number) => {
    const line = readRecord(json, number)
    if (line !== null) take(line)
  })
  let endsWithNewline = false
  return {
    push(bytes) {
      endsWithNewline = bytes.at(-1) === 0x0a
      cutter.push(decoder.decode(bytes, { stream: true }))
    },
    finish() {
      cutter.push(decoder.decode())
    },
    get lines() {
      return endsWithNewline ? cutter.lines - 1 : cutter.lines
    },
  }
}

function kmsgForm(sink: Sink, take: (line: LogLine) => void, search: NeedleSearch): Form {
  let next: number | null = null
  return new LineCutter(
    {
      take(text, number) {
        const record = readKmsg(text, number)
        if (record === null) return
        // The first sequence number of a boot is 0: a later one means that older records were overwritten.
        if (next === null && record.sequence > 0) sink.truncate()
        next = record.sequence + 1
        take(record)
      },
      last(text, number) {
        const record = readKmsg(text, number)
        if (record !== null) sink.cover(record)
      },
      get expecting() {
        return sink.expecting
      },
    },
    search,
  )
}

function textForm(
  origin: Origin,
  sink: Sink,
  take: (line: LogLine) => void,
  search: NeedleSearch,
): Form {
  const prefix = new PrefixReader(origin.readAt)
  const cutter = new LineCutter(
    {
      take(text, number) {
        if (sink.skim(text, prefix.wordsAt(text)) || isTrace(text)) return
        // Mail programs put no-break spaces where several blanks stood.
        take(prefix.read(text.includes('\u00A0') ? text.replaceAll('\u00A0', ' ') : text, number))
      },
      last: (text, number) => sink.cover(prefix.read(text, number)),
      get expecting() {
        return sink.expecting
      },
    },
    search,
  )
  return {
    push(bytes) {
      if (!sink.hearsKernel && holdsKernelTag(bytes)) sink.hearKernel()
      cutter.push(bytes)
    },
    finish: () => cutter.finish(),
    get lines() {
      return cutter.lines
    },
  }
}

const KERNEL_TAG = new TextEncoder().encode(' kernel: ')
const [, LETTER_K = 0] = KERNEL_TAG

/** Most lines are left out without being read: whether the kernel speaks in any of them, the bytes tell. */
function holdsKernelTag(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(LETTER_K); at !== -1; at = bytes.indexOf(LETTER_K, at + 1)) {
    if (KERNEL_TAG.every((byte, index) => bytes[at - 1 + index] === byte)) return true
  }
  return false
}
