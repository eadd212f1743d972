import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonObjects } from './json.ts'

const values = (text: string): unknown[] => [...jsonObjects(text)].map(({ value }) => value)

test('finds objects in arrays, one per line, and one after the other', () => {
  expect(values('[{"a":1},{"b":{"c":2}}]\n[{"d":3}]')).toEqual([
    { a: 1 },
    { b: { c: 2 } },
    { d: 3 },
  ])
  expect(values('{"a":1}\n{"b":2}\n')).toEqual([{ a: 1 }, { b: 2 }])
})

test('knows the line each begins on', () => {
  expect([...jsonObjects('[\n {"a":\n 1},\n\n {"b":2}]')].map(({ line }) => line)).toEqual([2, 5])
})

test('passes over a line that was cut, and reads on after it', () => {
  expect(values('{"a":1}\n{"b":"cut he\n{"c":3}')).toEqual([{ a: 1 }, { c: 3 }])
  expect(values('{"a":1}\n{"b":2,\n{"c":3}')).toEqual([{ a: 1 }, { c: 3 }])
})

test('braces inside of strings are no braces', () => {
  expect(values(String.raw`{"a":"}{\"}","b":"\\"}{"c":1}`)).toEqual([
    { a: '}{"}', b: '\\' },
    { c: 1 },
  ])
})

test('whatever objects are written, in lines or in an array, they come back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
      fc.boolean(),
      (objects, lines) => {
        const plain = JSON.parse(JSON.stringify(objects))
        const text = lines
          ? objects.map((o) => JSON.stringify(o)).join('\n')
          : JSON.stringify(objects, null, 1)
        expect(values(text)).toEqual(plain)
      },
    ),
  )
})

test('text of nothing but braces ends in time', () => {
  const started = performance.now()
  for (const hostile of ['{', '{\n', '{"a":', '[{', '{}\n{']) values(hostile.repeat(200_000))
  expect(performance.now() - started).toBeLessThan(5_000)
})
