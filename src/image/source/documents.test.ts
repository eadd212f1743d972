import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StellaError } from '../../model/errors.ts'
import { sampleImage } from '../../../test/support/image-files.ts'
import { readArchiveManifest, readConfig, readManifest } from './documents.ts'
import { isHeavy } from './json.ts'

/** A document of almost 4 MiB that repeats a piece. */
function full(head: string, piece: string, tail: string): Buffer {
  const count = Math.floor(4_000_000 / (piece.length + 1))
  return Buffer.from(`${head}${`${piece},`.repeat(count).slice(0, -1)}${tail}`)
}

describe('documents that would take a hundred times their size are not read', () => {
  test.each<[string, (bytes: Buffer) => unknown, Buffer]>([
    ['entries of an index', index, full('{"manifests":[', '{}', ']}')],
    ['names of an archive', (bytes) => readArchiveManifest(bytes, 'x'), full('[', '1', ']')],
    ['steps of a history', config, full('{"rootfs":{},"history":[', '1', ']}')],
    ['labels', config, full('{"rootfs":{},"config":{"Labels":{', '"a":1', '}}}')],
    ['lists in lists', index, Buffer.from(`{"manifests":${'['.repeat(3_900_000)}`)],
  ])('%s', (_, read, bytes) => {
    expect(() => read(bytes)).toThrow(/too many values, or is nested too deep/)
  })

  test('but texts may hold whatever they like', () => {
    const label = `[{,`.repeat(100_000)
    const bytes = Buffer.from(JSON.stringify({ rootfs: {}, config: { Labels: { a: label } } }))
    expect(readConfig(bytes, 'x').labels).toEqual({ a: label.slice(0, 1024) })
  })
})

function index(bytes: Buffer): unknown {
  return readManifest(bytes, null, 'x')
}

function config(bytes: Buffer): unknown {
  return readConfig(bytes, 'x')
}

test('what is light is not called heavy', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      expect(isHeavy(Buffer.from(text))).toBe(false)
    }),
  )
})

test('any JSON is a document or is refused', () => {
  const { config: text } = sampleImage()
  const fields = fc.constantFrom(...Object.keys(JSON.parse(text.toString())))
  fc.assert(
    fc.property(fields, fc.jsonValue(), fc.jsonValue(), (field, value, other) => {
      const changed = { ...JSON.parse(text.toString()), [field]: value }
      for (const document of [changed, other]) {
        const bytes = Buffer.from(JSON.stringify(document))
        for (const read of [config, index, (each: Buffer) => readArchiveManifest(each, 'x')]) {
          try {
            read(bytes)
          } catch (error) {
            expect(error).toBeInstanceOf(StellaError)
          }
        }
      }
    }),
  )
})
