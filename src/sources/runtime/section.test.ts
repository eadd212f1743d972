import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { hostReader } from '../reader.ts'
import { readSection } from './section.ts'

/** A 64-bit ELF file of one section and the table of names. */
function elf(name: string, content: string): Uint8Array {
  const names = `\0${name}\0.shstrtab\0`
  const bytes = Buffer.alloc(64 + content.length + names.length + 3 * 64)
  bytes.write('\x7fELF\x02\x01\x01', 0, 'latin1')
  const tableAt = 64 + content.length + names.length
  bytes.writeBigUInt64LE(BigInt(tableAt), 0x28)
  bytes.writeUInt16LE(64, 0x3a)
  bytes.writeUInt16LE(3, 0x3c)
  bytes.writeUInt16LE(2, 0x3e)
  bytes.write(content, 64, 'latin1')
  bytes.write(names, 64 + content.length, 'latin1')
  const header = (index: number, nameAt: number, offset: number, size: number): void => {
    const at = tableAt + index * 64
    bytes.writeUInt32LE(nameAt, at)
    bytes.writeBigUInt64LE(BigInt(offset), at + 0x18)
    bytes.writeBigUInt64LE(BigInt(size), at + 0x20)
  }
  header(1, 1, 64, content.length)
  header(2, name.length + 2, 64 + content.length, names.length)
  return bytes
}

describe('a section of a program', () => {
  it('is read from its beginning, or from a mark in it', () => {
    using reader = fakeReader({ files: { 'proc/7/exe': elf('.notes', 'one two three') } })
    const ask = (mark: string | null, maxBytes = 100) =>
      readSection(reader, 7, { name: '.notes', mark, maxBytes })
    expect(ask(null)).toEqual({ ok: true, text: 'one two three', truncated: false })
    expect(ask('two', 3)).toEqual({ ok: true, text: 'two', truncated: true })
    expect(ask('four')).toMatchObject({ ok: false })
    const other = readSection(reader, 7, { name: '.note', mark: null, maxBytes: 9 })
    expect(other).toEqual({ ok: false, why: '/proc/7/exe has no section .note' })
  })

  it('is searched across the border of two chunks', () => {
    const content = `${'x'.repeat(1024 * 1024 - 2)}node-v1.2.3 `
    using reader = fakeReader({ files: { 'proc/7/exe': elf('.rodata', content) } })
    const found = readSection(reader, 7, { name: '.rodata', mark: 'node-v', maxBytes: 11 })
    expect(found).toMatchObject({ ok: true, text: 'node-v1.2.3' })
  })

  it('of the program that runs this test tells its version', () => {
    const asked = { name: '.rodata', mark: 'node-v', maxBytes: 32 }
    const found = readSection(hostReader(), process.pid, asked)
    expect(found.ok && found.text).toContain(`node-${process.version}`)
  })

  it('does not exist in a program that is gone', () => {
    using reader = fakeReader()
    const found = readSection(reader, 7, { name: '.text', mark: null, maxBytes: 1 })
    expect(found).toEqual({ ok: false, why: '/proc/7/exe may not be read: ENOENT' })
  })

  it('is answered or refused whatever the file holds', () => {
    const whole = Buffer.from(elf('.notes', 'one two three'))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = Buffer.from(whole)
          for (const [at, value] of changes) bytes[at] = value
          using reader = fakeReader({ files: { 'proc/7/exe': bytes.subarray(0, length) } })
          const found = readSection(reader, 7, { name: '.notes', mark: null, maxBytes: 50 })
          if (found.ok) expect(found.text.length).toBeLessThanOrEqual(50)
        },
      ),
      { numRuns: 300 },
    )
  })
})
