import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogFile } from '../../../test/support/cataloged.ts'
import { foundLine } from '../../../test/support/found.ts'
import { recordedProgram, toldOfProgram } from '../../../test/support/recorded-programs.ts'
import { rustBinary } from './rust-binary.ts'

const auditable = recordedProgram('rust-binary', 'auditable')
/** Where zlib begins in it, by what cargo-auditable wrote. */
const SECTION_BYTES_AT = sectionSizeAt(auditable)

test('the crates that cargo says are in the program, without those that only built it', async () => {
  const told = toldOfProgram('rust-binary', 'auditable').trim().split('\n')
  const crates = told.map((line) => `pkg:cargo/${line.replace(' v', '@')}`)
  expect((await found(auditable)).toSorted()).toEqual(crates.toSorted())
  expect(crates).toHaveLength(2)
})

test('dependencies of the build and crates without a name are left out', async () => {
  const packages = [
    { name: 'a', version: '1.0.0', source: 'crates.io' },
    { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build' },
    { name: '', version: '1.0.0' },
    'no crate',
    { name: 'own', version: '0.1.0', source: 'local', root: true },
  ]
  expect(await found(withAudit(JSON.stringify({ packages })))).toEqual([
    'pkg:cargo/a@1.0.0',
    'pkg:cargo/own@0.1.0',
  ])
})

test.each([
  ['a bomb', JSON.stringify({ packages: 'a'.repeat(64 * 1024 * 1024) })],
  ['no JSON', '{'],
  ['other JSON', '[]'],
])('%s is told as damaged', async (_, text) => {
  expect(await found(withAudit(text))).toEqual([
    'problem: its section .dep-v0 is damaged or too large',
  ])
})

test('damaged programs never throw', async () => {
  const places = [...auditable.keys()].filter((at) => auditable[at] !== 0)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...places), fc.nat(255)), { minLength: 1, maxLength: 10 }),
      async (changes) => {
        const bytes = Buffer.from(auditable)
        for (const [at, value] of changes) bytes[at] = value
        for (const one of await catalogFile(rustBinary, 'a', bytes)) {
          expect(one.kind).toMatch(/^(package|problem)$/)
        }
      },
    ),
  )
})

const found = async (bytes: Uint8Array): Promise<string[]> =>
  (await catalogFile(rustBinary, 'usr/bin/sample', bytes)).map(foundLine)

/** The recorded program with another list of crates, at its end. */
function withAudit(text: string): Buffer {
  const audit = deflateSync(text)
  const bytes = Buffer.concat([auditable, audit])
  bytes.writeBigUInt64LE(BigInt(auditable.length), SECTION_BYTES_AT - 8)
  bytes.writeBigUInt64LE(BigInt(audit.length), SECTION_BYTES_AT)
  return bytes
}

/** Of the section .dep-v0 in an ELF program of 64 bits. */
function sectionSizeAt(bytes: Buffer): number {
  const sections = Number(bytes.readBigUInt64LE(40))
  const names = sections + bytes.readUInt16LE(62) * 64
  const namesAt = Number(bytes.readBigUInt64LE(names + 24))
  for (let index = 0; index < bytes.readUInt16LE(60); index++) {
    const at = sections + index * 64
    const nameAt = namesAt + bytes.readUInt32LE(at)
    if (bytes.toString('latin1', nameAt, nameAt + 8) === '.dep-v0\0') return at + 32
  }
  throw new Error('no such section')
}
