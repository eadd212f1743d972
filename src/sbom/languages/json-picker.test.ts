import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonPicker } from './json-picker.ts'
import { wanted, type Wanted } from './json-places.ts'

interface Picked {
  values: [path: string, value: unknown][]
  problem: string | null
}

function pick(want: Wanted, json: Uint8Array, chunkBytes = 64, maxValueBytes = 10_000): Picked {
  const values: Picked['values'] = []
  const picker = new JsonPicker(want, maxValueBytes, (value, path) => {
    values.push([path.join('/'), value])
  })
  for (let at = 0; at < json.length; at += chunkBytes) {
    // A copy that is spoilt afterwards: chunks are valid only while they are pushed.
    const chunk = Uint8Array.from(json.subarray(at, at + chunkBytes))
    picker.push(chunk)
    chunk.fill(0x22)
  }
  return { values, problem: picker.finish() }
}

const bytes = (text: string): Uint8Array => Buffer.from(text)

/**
 * Without backslashes inside, and without -0: the JSON.parse of some versions of Node mistakes a key that is a quote for one that
 * is a backslash, once it has seen an object with the latter.
 */
const plain: fc.Arbitrary<unknown> = fc
  .jsonValue()
  .map((value) => JSON.stringify(value))
  .filter((json) => !json.includes('\\'))
  .map((json): unknown => JSON.parse(json))

/** Keys with quotes, backslashes and letters of any alphabet. */
const key = fc.oneof(
  fc.constantFrom('name', 'packages', '"', '\\', 'a/b', ''),
  fc.string({ unit: 'grapheme' }),
)

test('gives the same values as JSON.parse, whatever their shape, wherever chunks end', () => {
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.oneof(plain, fc.string()), { noNullPrototype: true }),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 1, max: 40 }),
      (object, indent, chunkBytes) => {
        const json = JSON.stringify(object, null, indent)
        const { values, problem } = pick(wanted(['*']), bytes(json), chunkBytes)
        expect(Object.fromEntries(values)).toEqual(object)
        expect(problem).toBeNull()
      },
    ),
  )
})

test('items of arrays inside of objects are given one by one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(plain)),
      fc.jsonValue(),
      fc.integer({ min: 1, max: 40 }),
      (lists, other, chunkBytes) => {
        const json = JSON.stringify({ other, lists, more: { lists: [[1]] } })
        const { values } = pick(wanted(['lists', '[]', '[]']), bytes(json), chunkBytes)
        expect(values.map(([, value]) => value)).toEqual(lists.flat())
      },
    ),
  )
})

test('only what is asked for is looked at, and it says where it stood', () => {
  const json = '{"a":{"x":1,"b":{"x":2}},"b":{"x":3,"y":{"x":4}},"c":[{"x":5}],"x":6}'
  expect(pick(wanted(['b', 'x'], ['*', 'b'], ['c', '[]', 'x']), bytes(json)).values).toEqual([
    ['a/b', { x: 2 }],
    ['b/x', 3],
    ['c/[]/x', 5],
  ])
})

test('commas after the last item, and a byte order mark, are no harm', () => {
  const json = '\uFEFF{ "packages": { "a": ["a@1",], "b": ["b@2", {},], }, }'
  expect(pick(wanted(['packages', '*', '[]']), bytes(json))).toEqual({
    values: [
      ['packages/a/[]', 'a@1'],
      ['packages/b/[]', 'b@2'],
      ['packages/b/[]', {}],
    ],
    problem: null,
  })
})

test.each([
  ['', 'it is empty'],
  [' \n', 'it is empty'],
  ['{"name":"a"', 'it ends too early, or is no JSON'],
  ['{"name":"a', 'it ends too early, or is no JSON'],
  ['404: Not Found', 'it is other JSON than expected, or none'],
  ['["a"]', 'it is other JSON than expected, or none'],
  ['{"name":nothing}', 'name is no valid JSON'],
])('%j: %s', (json, says) => {
  expect(pick(wanted(['name']), bytes(json)).problem).toBe(says)
})

test('a value that is too large is left out and told, and what follows is read', () => {
  const json = JSON.stringify({ a: 'x'.repeat(500), b: ['y'.repeat(500)], c: 'z' })
  for (const chunkBytes of [7, 64, 10_000]) {
    expect(pick(wanted(['*']), bytes(json), chunkBytes, 100)).toEqual({
      values: [['c', 'z']],
      problem: 'a is larger than 100 bytes',
    })
  }
})

test('brackets that are never closed cost no memory and no stack', () => {
  const picker = new JsonPicker(wanted(['name'], ['packages', '*']), 1_000, () => {})
  const chunk = Buffer.alloc(1024 * 1024, '[{"a":')
  picker.push(bytes('{"packages":{"x":'))
  for (let count = 0; count < 20; count++) picker.push(chunk)
  expect(picker.finish()).toBe('it ends too early, or is no JSON')
})
