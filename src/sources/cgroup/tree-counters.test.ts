import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyedCounters } from '../../parsers/cgroup/values.ts'
import { decimalAfterEquals, keyedReader, nextLine, numberAt } from './tree-counters.ts'

/** In a buffer that holds the rest of what was read before. */
function inBuffer(text: string): { bytes: Uint8Array; length: number } {
  const bytes = new TextEncoder().encode(`${text}9 stale 99\nanon 7\n`)
  return { bytes, length: new TextEncoder().encode(text).length }
}

describe('a number', () => {
  it('is what the kernel wrote', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const { bytes, length } = inBuffer(`${value}\n`)
        expect(numberAt(bytes, 0, length)).toBe(value === 0 ? 0 : value)
      }),
    )
  })

  it('ends where the file ends, and is none where none stands', () => {
    const { bytes, length } = inBuffer('12')
    expect(numberAt(bytes, 0, length)).toBe(12)
    expect(numberAt(new TextEncoder().encode('max\n'), 0, 4)).toBeNaN()
    expect(numberAt(new Uint8Array(8), 0, 0)).toBeNaN()
  })
})

describe('chosen lines of a file', () => {
  const key = fc.constantFrom('anon', 'file', 'kernel_stack', 'shmem', 'inactive_file', 'anon_thp')
  const layout = fc.uniqueArray(key, { minLength: 1 })

  it('are what the parser of whole texts reads, in one file after the other', () => {
    const numbers = fc.array(fc.nat({ max: 2 ** 40 }), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(layout, fc.array(numbers, { minLength: 1, maxLength: 4 }), (keys, files) => {
        const wanted = ['inactive_file', 'anon', 'shmem']
        const reader = keyedReader(wanted)
        for (const values of files) {
          const text = keys.map((name, index) => `${name} ${values[index]}\n`).join('')
          const { bytes, length } = inBuffer(text)
          const expected = keyedCounters(text)
          expect([...reader.read(bytes, length)]).toEqual(
            wanted.map((name) => expected.get(name) ?? Number.NaN),
          )
        }
      }),
    )
  })

  it('are found again where they stand elsewhere', () => {
    const reader = keyedReader(['anon'])
    const first = inBuffer('anon 1\nfile 2\n')
    expect([...reader.read(first.bytes, first.length)]).toEqual([1])
    const second = inBuffer('new 3\nfile 2\nanon 4\n')
    expect([...reader.read(second.bytes, second.length)]).toEqual([4])
  })

  it('never come from an older read behind the end', () => {
    const { bytes } = inBuffer('file 1\n')
    expect([...keyedReader(['anon']).read(bytes, 7)]).toEqual([Number.NaN])
  })

  it('never throw, whatever the file holds', () => {
    const reader = keyedReader(['anon', 'file'])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(reader.read(bytes, bytes.length)).toHaveLength(2)
      }),
    )
  })
})

it('reads both lines of pressure', () => {
  const text = 'some avg10=12.34 avg60=1.00 avg300=0.00 total=1\nfull avg10=0.05 avg60=0.00\n'
  const { bytes, length } = inBuffer(text)
  expect(decimalAfterEquals(bytes, 0, length)).toBeCloseTo(12.34, 10)
  expect(decimalAfterEquals(bytes, nextLine(bytes, 0, length), length)).toBeCloseTo(0.05, 10)
  expect(decimalAfterEquals(new TextEncoder().encode('some'), 0, 4)).toBeNaN()
})
