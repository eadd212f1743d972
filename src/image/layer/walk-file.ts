/** Walks a layer that lies uncompressed in a file: from header to header, without reading what nobody wants. */
import { fileAt, readAt } from './file-part.ts'
import type { FilePart } from './file-part.ts'
import { openWindow, seenThrough } from './file-window.ts'
import { atEntry, LayerError } from './layer-error.ts'
import { BLOCK_BYTES } from './tar-header.ts'
import { paddingAfter, TarEntries } from './tar-entries.ts'
import type { LayerVisitor } from './visitor.ts'

/** @throws LayerError where it is no tar archive, or ends in the middle */
export async function walkFile(part: FilePart, visitor: LayerVisitor): Promise<void> {
  const entries = new TarEntries()
  try {
    await walkEntries(entries, part, visitor)
  } catch (error) {
    throw atEntry(error, entries.last)
  }
}

async function walkEntries(
  entries: TarEntries,
  part: FilePart,
  visitor: LayerVisitor,
): Promise<void> {
  const window = openWindow(part)
  let at = 0
  while (at < part.length) {
    const block = window.block(at)
    if (block === null) throw breaksOff(part)
    const step = entries.take(block)
    at += BLOCK_BYTES
    switch (step.kind) {
      case 'next':
        break
      case 'end':
        return
      case 'broken':
        throw new LayerError(step.says, at - BLOCK_BYTES)
      case 'extension':
        entries.extend(window.find(at, step.size) ?? extensionAt(part, at, step.room))
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
        const done = sink?.readFrom(seenThrough(window, at, fileAt(part, at, path, size))) ?? null
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

function extensionAt(part: FilePart, offset: number, room: Buffer): Buffer {
  if (readAt(part, offset, room, 0, room.length) < room.length) throw breaksOff(part)
  return room
}
