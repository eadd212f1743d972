/** Walks a layer that lies uncompressed in a file: from header to header, without reading what nobody wants. */
import { fileAt, readAt } from './file-part.ts'
import type { FilePart } from './file-part.ts'
import { LayerError } from './layer-error.ts'
import { BLOCK_BYTES } from './tar-header.ts'
import { paddingAfter, TarEntries } from './tar-entries.ts'
import type { LayerVisitor } from './visitor.ts'

/** Small files lie close together: one read shows many headers. */
const WINDOW_BYTES = 32 * 1024

/** @throws LayerError where it is no tar archive, or ends in the middle */
export async function walkFile(part: FilePart, visitor: LayerVisitor): Promise<void> {
  const entries = new TarEntries()
  const window = createWindow(part)
  let at = 0
  while (at < part.length) {
    if (at + BLOCK_BYTES > part.length) throw breaksOff(part)
    const step = entries.take(window(at))
    at += BLOCK_BYTES
    switch (step.kind) {
      case 'next':
        break
      case 'end':
        return
      case 'broken':
        throw new LayerError(step.says, at - BLOCK_BYTES)
      case 'extension':
        entries.extend(bodyAt(part, at, step.size))
        at += step.size + paddingAfter(step.size)
        break
      case 'skip':
        if (step.says !== null) visitor.problem(step.says)
        if (at + step.size > part.length) throw breaksOff(part)
        at += step.size + paddingAfter(step.size)
        break
      case 'entry': {
        const { path, size } = step.entry
        if (at + size > part.length) throw breaksOff(part)
        const sink = visitor.entry(step.entry)
        const done = sink?.readFrom(fileAt(part, at, path, size)) ?? null
        if (done !== null) await done
        const turn = visitor.turn?.() ?? null
        if (turn !== null) await turn
        at += size + paddingAfter(size)
      }
    }
  }
}

function breaksOff({ length }: FilePart): LayerError {
  return new LayerError('ends in the middle of an entry', length)
}

/** Gives the block at an offset; valid until the next call. */
function createWindow(part: FilePart): (offset: number) => Buffer {
  const buffer = Buffer.allocUnsafe(WINDOW_BYTES)
  let from = 0
  let until = 0
  return (offset) => {
    if (offset < from || offset + BLOCK_BYTES > until) {
      from = offset
      until = from + readAt(part, offset, buffer, 0, WINDOW_BYTES)
      if (offset + BLOCK_BYTES > until) throw breaksOff(part)
    }
    return buffer.subarray(offset - from, offset - from + BLOCK_BYTES)
  }
}

function bodyAt(part: FilePart, offset: number, size: number): Buffer {
  const body = Buffer.allocUnsafe(size)
  if (readAt(part, offset, body, 0, size) < size) throw breaksOff(part)
  return body
}
