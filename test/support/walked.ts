/** What the two ways to walk a layer tell of an archive. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LayerError } from '../../src/image/layer/layer-error.ts'
import type { LayerVisitor } from '../../src/image/layer/visitor.ts'
import { walkFile } from '../../src/image/layer/walk-file.ts'
import { walkStream } from '../../src/image/layer/walk-stream.ts'
import { digestOf } from './image-files.ts'

/** Walks it as a stream, in chunks that are spoilt behind it. */
export async function walkedStream(archive: Buffer, sizes: readonly number[]): Promise<string[]> {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0, count = 0; at < archive.length; count++) {
      const chunk = Buffer.from(archive.subarray(at, at + (sizes[count % sizes.length] ?? 1)))
      yield chunk
      at += chunk.length
      chunk.fill(0xee)
    }
  }
  return told((visitor) => walkStream(chunks(), visitor))
}

/** Walks it as a part of a file, with something before and behind it. */
export async function walkedFile(archive: Buffer): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-test-walk-'))
  const path = join(folder, 'archive')
  writeFileSync(path, Buffer.concat([Buffer.alloc(700, 7), archive, Buffer.alloc(900, 8)]))
  const descriptor = openSync(path, 'r')
  try {
    const part = { descriptor, offset: 700, length: archive.length }
    return await told((visitor) => walkFile(part, visitor))
  } finally {
    closeSync(descriptor)
    rmSync(folder, { recursive: true })
  }
}

/** One line for each entry, with the digest of its body; and for what is wrong. */
async function told(walk: (visitor: LayerVisitor) => Promise<void>): Promise<string[]> {
  const lines: string[] = []
  const visitor: LayerVisitor = {
    problem: (says) => void lines.push(`problem: ${says}`),
    entry({ path, kind, size, target, isSparse }) {
      const line = [kind, path, size, target === '' ? '' : `-> ${target}`, isSparse ? 'sparse' : '']
      const pieces: Buffer[] = []
      const end = (): null => {
        const body = digestOf(Buffer.concat(pieces)).slice(7, 19)
        lines.push([...line, size === 0 ? '' : body].filter((part) => part !== '').join(' '))
        return null
      }
      return {
        write(chunk) {
          pieces.push(Buffer.from(chunk))
          return true
        },
        end,
        readFrom(file) {
          for (let at = 0; at < file.size; at += 1_000)
            pieces.push(Buffer.from(file.read(at, 1_000)))
          return end()
        },
      }
    },
  }
  try {
    await walk(visitor)
  } catch (error) {
    if (!(error instanceof LayerError)) throw error
    lines.push(
      `error: ${error.message} at ${error.offset}${error.entry === null ? '' : ` near ${error.entry}`}`,
    )
  }
  return lines
}
