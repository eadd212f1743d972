import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { FakeReader } from '../../../test/support/fake-reader.ts'
import { openTree } from './tree.ts'
import type { GroupTree } from './tree.ts'

const hierarchy = { version: 2, mountPoint: '/cg', mountRoot: '/' } as const

function make(reader: FakeReader, ...paths: string[]): void {
  for (const path of paths) mkdirSync(join(reader.root, 'cg', path), { recursive: true })
}

function remove(reader: FakeReader, path: string): void {
  rmSync(join(reader.root, 'cg', path), { recursive: true })
}

function paths(tree: GroupTree): string[] {
  return tree.refresh().groups.map(({ path }) => path)
}

it('tells each group after the one above it', () => {
  using reader = fakeReader()
  make(reader, 'a/b/c', 'd')
  expect(paths(openTree(reader, hierarchy, { maxGroups: 100 }))).toEqual([
    '/',
    '/a',
    '/a/b',
    '/a/b/c',
    '/d',
  ])
})

it('sees groups come and go at any depth', () => {
  using reader = fakeReader()
  make(reader, 'a/b')
  const tree = openTree(reader, hierarchy, { maxGroups: 100 })
  expect(paths(tree)).toEqual(['/', '/a', '/a/b'])
  make(reader, 'a/b/new', 'top')
  expect(paths(tree)).toEqual(['/', '/a', '/a/b', '/a/b/new', '/top'])
  remove(reader, 'a/b')
  expect(paths(tree)).toEqual(['/', '/a', '/top'])
})

it('sees at once that one went and another came, though the number stayed', () => {
  using reader = fakeReader()
  make(reader, 'a/old')
  const tree = openTree(reader, hierarchy, { maxGroups: 100 })
  tree.refresh()
  remove(reader, 'a/old')
  make(reader, 'a/young')
  expect(paths(tree)).toEqual(['/', '/a', '/a/young'])
})

it('keeps a group as the same one until it is removed, also where its name is used again', () => {
  using reader = fakeReader()
  make(reader, 'a', 'b')
  const tree = openTree(reader, hierarchy, { maxGroups: 100 })
  const [, a, b] = tree.refresh().groups
  expect(tree.refresh().groups.slice(1)).toEqual([a, b])
  expect(tree.refresh().groups[1]).toBe(a)
  remove(reader, 'a')
  // Something else takes the number of the folder, so that the new one gets another.
  make(reader, 'between', 'a')
  const again = tree.refresh().groups
  expect(again.find(({ path }) => path === '/a')).not.toBe(a)
  expect(again.find(({ path }) => path === '/b')).toBe(b)
})

it('tells no more groups than it may, and that there are more', () => {
  using reader = fakeReader()
  make(reader, ...Array.from({ length: 30 }, (_, index) => `g${index}`))
  const few = openTree(reader, hierarchy, { maxGroups: 10 }).refresh()
  expect(few.groups).toHaveLength(10)
  expect(few.capped).toBe(true)
  const all = openTree(reader, hierarchy, { maxGroups: 31 }).refresh()
  expect(all.groups).toHaveLength(31)
  expect(all.capped).toBe(false)
})

it('shows in a container the part that is mounted there, by its name on the machine', () => {
  using reader = fakeReader()
  make(reader, 'inner')
  const mounted = { ...hierarchy, mountRoot: '/docker/4f' }
  expect(paths(openTree(reader, mounted, { maxGroups: 10 }))).toEqual([
    '/docker/4f',
    '/docker/4f/inner',
  ])
})

it('is empty where nothing is mounted', () => {
  using reader = fakeReader()
  expect(paths(openTree(reader, hierarchy, { maxGroups: 10 }))).toEqual([])
})

it('is after any changes what a fresh look would show', () => {
  const name = fc.constantFrom('a', 'b', 'a/x', 'a/y', 'b/x', 'a/x/deep', 'c')
  const step = fc.record({ add: fc.boolean(), name, look: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      using reader = fakeReader()
      make(reader, '.')
      const tree = openTree(reader, hierarchy, { maxGroups: 100 })
      for (const { add, name: path, look } of steps) {
        if (add) make(reader, path)
        else rmSync(join(reader.root, 'cg', path), { recursive: true, force: true })
        if (look) tree.refresh()
      }
      const fresh = openTree(reader, hierarchy, { maxGroups: 100 })
      expect(paths(tree).toSorted()).toEqual(paths(fresh).toSorted())
    }),
    { numRuns: 60 },
  )
})
