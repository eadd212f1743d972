/** Walks a layer that comes as a stream of bytes, once, and keeps nothing of it. */
import { atEntry, LayerError } from './layer-error.ts'
import { BLOCK_BYTES } from './tar-header.ts'
import { paddingAfter, TarEntries } from './tar-entries.ts'
import type { BodySink, LayerVisitor } from './visitor.ts'

/** What the bytes of the stream belong to. */
type State =
  | { kind: 'header' }
  | { kind: 'body'; left: number; padding: number; sink: BodySink | null }
  | { kind: 'extension'; left: number; padding: number; body: Buffer }
  | { kind: 'padding'; left: number }
  /** What follows the end of an archive is nobody's. */
  | { kind: 'ended' }

const HEADER: State = { kind: 'header' }

/**
 * Reads to the end of the stream, also behind the end of the archive, so that digests see every byte.
 *
 * @throws LayerError where it is no tar archive, or ends in the middle
 */
export async function walkStream(
  chunks: AsyncIterable<Buffer>,
  visitor: LayerVisitor,
): Promise<void> {
  const entries = new TarEntries()
  try {
    await walkEntries(entries, chunks, visitor)
  } catch (error) {
    throw atEntry(error, entries.last)
  }
}

async function walkEntries(
  entries: TarEntries,
  chunks: AsyncIterable<Buffer>,
  visitor: LayerVisitor,
): Promise<void> {
  const block = Buffer.alloc(BLOCK_BYTES)
  let filled = 0
  let passed = 0
  let state = HEADER

  for await (const chunk of chunks) {
    let at = 0
    while (at < chunk.length) {
      switch (state.kind) {
        case 'header': {
          const taken = Math.min(BLOCK_BYTES - filled, chunk.length - at)
          let header: Buffer = block
          if (taken === BLOCK_BYTES) header = chunk.subarray(at, at + BLOCK_BYTES)
          else chunk.copy(block, filled, at, at + taken)
          at += taken
          filled += taken
          if (filled < BLOCK_BYTES) break
          filled = 0
          state = afterHeader(entries, header, visitor, passed + at - BLOCK_BYTES)
          if (state.kind === 'body' && state.left === 0) {
            const done: Promise<void> | null = state.sink?.end() ?? null
            if (done !== null) await done
            state = HEADER
          }
          break
        }
        case 'body': {
          const taken = Math.min(state.left, chunk.length - at)
          if (state.sink !== null && !state.sink.write(chunk.subarray(at, at + taken))) {
            state.sink = null
          }
          at += taken
          state.left -= taken
          if (state.left > 0) break
          const done: Promise<void> | null = state.sink?.end() ?? null
          if (done !== null) await done
          state = afterBody(state.padding)
          break
        }
        case 'extension': {
          const taken = Math.min(state.left, chunk.length - at)
          chunk.copy(state.body, state.body.length - state.left, at, at + taken)
          at += taken
          state.left -= taken
          if (state.left > 0) break
          entries.extend(state.body)
          state = afterBody(state.padding)
          break
        }
        case 'padding': {
          const taken = Math.min(state.left, chunk.length - at)
          at += taken
          state.left -= taken
          if (state.left === 0) state = HEADER
          break
        }
        case 'ended':
          at = chunk.length
      }
    }
    passed += chunk.length
  }
  // Some writers leave the two blocks of zeros at the end out, and some what fills the last block, too.
  const isWhole =
    state.kind === 'ended' || state.kind === 'padding' || (state.kind === 'header' && filled === 0)
  if (!isWhole) throw new LayerError('ends in the middle of an entry', passed)
}

function afterHeader(
  entries: TarEntries,
  header: Buffer,
  visitor: LayerVisitor,
  offset: number,
): State {
  const step = entries.take(header)
  switch (step.kind) {
    case 'next':
      return HEADER
    case 'end':
      return { kind: 'ended' }
    case 'broken':
      throw new LayerError(step.says, offset)
    case 'extension':
      return {
        kind: 'extension',
        left: step.size,
        padding: paddingAfter(step.size),
        body: step.room,
      }
    case 'skip':
      if (step.says !== null) visitor.problem(step.says)
      if (step.size === 0) return HEADER
      return { kind: 'body', left: step.size, padding: paddingAfter(step.size), sink: null }
    case 'entry': {
      const { size } = step.entry
      const sink = visitor.entry(step.entry)
      if (size === 0 && sink === null) return HEADER
      return { kind: 'body', left: size, padding: paddingAfter(size), sink }
    }
  }
}

function afterBody(padding: number): State {
  return padding === 0 ? HEADER : { kind: 'padding', left: padding }
}
