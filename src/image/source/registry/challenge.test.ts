import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseChallenges } from './challenge.ts'

test.each<[string, [string, Record<string, string>][]]>([
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/debian:pull"',
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/debian:pull',
        },
      ],
    ],
  ],
  ['Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]],
  [
    'BASIC realm="a, b", Bearer realm=https , Service = x',
    [
      ['basic', { realm: 'a, b' }],
      ['bearer', { realm: 'https', service: 'x' }],
    ],
  ],
  [String.raw`Bearer realm="a\"b"`, [['bearer', { realm: 'a"b' }]]],
  ['Negotiate', [['negotiate', {}]]],
  ['', []],
  ['"', []],
])('%s', (header, expected) => {
  const read = parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ])
  expect(read).toEqual(expected)
})

test('any header is read, in time that grows with its length', () => {
  const pieces = fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'a', 'realm="', '\t', 'é')
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 400 }), (parts) => {
      expect(parseChallenges(parts.join('')).length).toBeLessThanOrEqual(8)
    }),
  )
  const [first] = parseChallenges(`Bearer ${'a="'.repeat(100_000)}`)
  expect(first?.scheme).toBe('bearer')
})
