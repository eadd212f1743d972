import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeDurably } from './durable.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-durable-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

it('replaces a file as a whole, for its owner alone', () => {
  const path = join(folder, 'record.json')
  writeDurably(path, 'a long first text')
  writeDurably(path, 'short')
  expect(readFileSync(path, 'utf8')).toBe('short')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['record.json'])
})

it('leaves nothing behind where it fails', () => {
  const path = join(folder, 'taken')
  mkdirSync(path)
  expect(() => writeDurably(path, 'text')).toThrow(/EISDIR/)
  expect(readdirSync(folder)).toEqual(['taken'])
})
