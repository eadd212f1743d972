/** Encodings in which a kernel log may have been saved; anything else is read as UTF-8 with replacement characters. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

interface ByteTaker {
  push(bytes: Uint8Array): void
  finish(): void
  readonly lines: number
}

/** By the byte order mark, or by the zeros that every other byte of ASCII text has in UTF-16. */
export function encodingOf(head: Uint8Array): Encoding {
  const [a, b] = head
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  const pairs = Math.min(200, Math.floor(head.length / 2))
  if (pairs < 8) return 'utf-8'
  let even = 0
  let odd = 0
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) even++
    if (head[2 * i + 1] === 0) odd++
  }
  if (odd > pairs * 0.8 && even === 0) return 'utf-16le'
  if (even > pairs * 0.8 && odd === 0) return 'utf-16be'
  return 'utf-8'
}

/** Puts a recoder in front of a reader of UTF-8 where one is needed. */
export function toUtf8(encoding: Encoding, reader: ByteTaker): ByteTaker {
  if (encoding === 'utf-8') return withoutMark(reader)
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  return {
    push(bytes) {
      reader.push(encoder.encode(decoder.decode(bytes, { stream: true })))
    },
    finish() {
      reader.push(encoder.encode(decoder.decode()))
      reader.finish()
    },
    get lines() {
      return reader.lines
    },
  }
}

function withoutMark(reader: ByteTaker): ByteTaker {
  let isFirst = true
  return {
    push(bytes) {
      const marked = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
      isFirst = false
      reader.push(marked ? bytes.subarray(3) : bytes)
    },
    finish: () => reader.finish(),
    get lines() {
      return reader.lines
    },
  }
}
