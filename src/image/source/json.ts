/** What a text says, or null where it is no JSON. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** In one list or map, and so of layers; an image of 4096 layers cannot be run. */
export const MAX_LAYERS = 4096
/** In all of them. */
const MAX_VALUES = 100_000
const MAX_DEPTH = 64

/**
 * Whether JSON has so many values, or is nested so deep, that reading it would take a hundred times its size. What is no
 * JSON may be either.
 */
export function isHeavy(bytes: Uint8Array): boolean {
  const entries = new Uint32Array(MAX_DEPTH + 2)
  let values = 0
  let depth = 0
  let isText = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (isText) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) isText = false
    } else if (byte === QUOTE) isText = true
    else if (byte === COMMA) {
      values += 1
      const here = (entries[depth] ?? 0) + 1
      entries[depth] = here
      if (here >= MAX_LAYERS || values >= MAX_VALUES) return true
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1
      if (depth > MAX_DEPTH) return true
      entries[depth] = 0
    } else if ((byte === CLOSE_LIST || byte === CLOSE_OBJECT) && depth > 0) depth -= 1
  }
  return false
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
