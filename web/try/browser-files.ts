import { errorMessage } from '../../src/model/error-message.ts'
import type { Chunks } from '../../src/parsers/files/chunks.ts'
import type { ReadingPlace } from '../../src/parsers/files/read-file.ts'

/** The bytes of a file that was dropped, as they are read. */
export async function* bytesOf(
  file: Blob,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes(value.length)
      yield value
    }
  } finally {
    await reader.cancel()
  }
}

/** How a browser unpacks, and what it says of a file that it cannot read. */
export const BROWSER: ReadingPlace = {
  unpacked: (chunks, packing) => (packing === 'gzip' ? gunzipped(chunks) : notUnpacked()),
  whyUnreadable: ({ shown }, error) => `${shown} could not be read: ${errorMessage(error)}`,
}

async function* gunzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream('gzip')
  const writer = writable.getWriter()
  // What goes wrong here breaks the readable side, too, which tells it.
  feed(chunks, writer).catch((error: unknown) => void writer.abort(error).catch(() => {}))
  const reader = readable.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

async function feed(
  chunks: Chunks,
  writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  // A chunk is only valid until the next is asked for, and the other side may not have read it by then.
  for await (const chunk of chunks) await writer.write(Uint8Array.from(chunk))
  await writer.close()
}

// oxlint-disable-next-line require-yield
async function* notUnpacked(): AsyncGenerator<Uint8Array> {
  throw new Error('it is packed with zstd, which browsers do not unpack: unpack it first')
}
