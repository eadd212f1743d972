import type { Chunks } from './chunks.ts'

/** The encodings that files say they are in. Without a mark a text is UTF-8, and what is not is replaced. */
export type Encoding = 'utf-8' | 'utf-8-marked' | 'utf-16le' | 'utf-16be'

/** PowerShell's `>` writes UTF-16 with a mark. */
export function encodingOf(head: Uint8Array): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8-marked'
  return 'utf-8'
}

/** The same text in UTF-8, without the mark. */
export async function* utf8Chunks(chunks: Chunks, encoding: Encoding): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') {
    yield* chunks
    return
  }
  const decoder = new TextDecoder(encoding === 'utf-8-marked' ? 'utf-8' : encoding)
  const encoder = new TextEncoder()
  for await (const chunk of chunks) yield encoder.encode(decoder.decode(chunk, { stream: true }))
  yield encoder.encode(decoder.decode())
}

/** Share of control characters from which on bytes are no text. Logs have a few; a crash leaves runs of NUL in them. */
const MAX_CONTROL_SHARE = 0.05

/** Whether the beginning of a file is a program, an image or the like. NULs are not counted: /proc and crashed logs have them. */
export function isBinary(head: Uint8Array): boolean {
  let control = 0
  let counted = 0
  for (const byte of head) {
    if (byte === 0) continue
    counted++
    // Tab, line feed, form feed, carriage return and escape stand in texts.
    if (byte < 32 && ![9, 10, 12, 13, 27].includes(byte)) control++
  }
  return counted === 0 ? head.length > 0 : control / counted > MAX_CONTROL_SHARE
}
