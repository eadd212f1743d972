import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { inMemory } from '../../../test/support/cataloged.ts'
import { sqlite } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'stella-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true }))
let databases = 0

/** A database as SQLite itself writes it. */
function database(pageBytes: number, sizes: readonly number[], before = ''): Uint8Array {
  const path = join(folder, `${databases++}.sqlite`)
  const open = new DatabaseSync(path)
  open.exec(`pragma page_size = ${pageBytes}; pragma synchronous = off; ${before}`)
  open.exec('create table Packages (hnum integer primary key autoincrement, blob blob not null)')
  const insert = open.prepare('insert into Packages (blob) values (?)')
  open.exec('begin')
  for (const [row, size] of sizes.entries()) insert.run(blob(row, size))
  open.exec('commit')
  open.close()
  return readFileSync(path)
}

/** No two pages of it are alike. */
function blob(row: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (row * 31 + at + (at >> 8)) % 251)
}

function blobsIn(bytes: Uint8Array): Buffer[] {
  return [...sqlite.records(inMemory('rpmdb.sqlite', bytes))].map((record) => {
    if ('says' in record) throw new Error(record.says)
    return Buffer.concat(Array.from(record, (piece) => Uint8Array.from(piece)))
  })
}

function expectAllRows(bytes: Uint8Array, sizes: readonly number[]): void {
  const found = blobsIn(bytes)
  expect(found.map((one) => one.length)).toEqual(sizes)
  const wrong = found.filter((one, row) => !one.equals(blob(row, sizes[row] ?? 0)))
  expect(wrong).toEqual([])
}

test('all bytes of all rows, at any size of pages and of rows', () => {
  const pageBytes = fc.constantFrom(512, 1024, 4096, 65_536)
  const sizes = fc.array(fc.oneof(fc.nat(600), fc.nat(70_000)), { maxLength: 40 })
  fc.assert(
    fc.property(pageBytes, sizes, (page, rows) => expectAllRows(database(page, rows), rows)),
    { numRuns: 40 },
  )
})

test('a tree of several levels', () => {
  const sizes = Array.from({ length: 20_000 }, (_, row) => row % 300)
  expectAllRows(database(512, sizes), sizes)
})

test('a table that comes after many others', () => {
  const others = Array.from({ length: 200 }, (_, at) => `create table "t${at}" (a, b, c);`)
  expectAllRows(database(1024, [5, 5000], others.join('')), [5, 5000])
})

test('rows around the sizes where they no longer fit a page', () => {
  for (const page of [512, 4096]) {
    const sizes = Array.from({ length: 120 }, (_, at) => page - 100 + at)
    expectAllRows(database(page, sizes), sizes)
  }
})

test('what was deleted is not found', () => {
  const path = join(folder, 'deleted.sqlite')
  const open = new DatabaseSync(path)
  open.exec('create table Packages (hnum integer primary key autoincrement, blob blob not null)')
  const insert = open.prepare('insert into Packages (blob) values (?)')
  for (const row of [0, 1, 2]) insert.run(blob(row, 9000))
  open.exec('delete from Packages where hnum = 2')
  open.close()
  expect(blobsIn(readFileSync(path)).map((one) => one[0])).toEqual([0, 62])
  expect(statSync(path).size).toBeGreaterThan(27_000)
})

test('pages that go in a circle come to an end', () => {
  const bytes = database(
    512,
    Array.from({ length: 200 }, () => 300),
  )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  // Every page but the first is an inner one whose every child is the second.
  for (let at = 512; at < bytes.length; at += 512) {
    bytes.fill(0, at, at + 512)
    view.setUint8(at, 5)
    view.setUint16(at + 3, 200)
    for (let cell = 12; cell < 412; cell += 2) view.setUint16(at + cell, 412)
    view.setUint32(at + 412, 2)
    view.setUint32(at + 8, 2)
  }
  const said = [...sqlite.records(inMemory('rpmdb.sqlite', bytes))].map((one) =>
    'says' in one ? one.says : 'record',
  )
  expect(said.at(-1)).toBe('its pages go in a circle')
  expect(said.length).toBeLessThan(bytes.length / 512)
})
