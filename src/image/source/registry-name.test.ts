import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StellaError } from '../../model/errors.ts'
import { parseImageReference } from './reference.ts'
import { nameText, parseRegistryName, sameImage } from './registry-name.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

/** What `docker pull` makes of them. */
test.each([
  ['debian', 'docker.io/library/debian:latest'],
  ['debian:12', 'docker.io/library/debian:12'],
  ['grafana/grafana', 'docker.io/grafana/grafana:latest'],
  ['docker.io/debian', 'docker.io/library/debian:latest'],
  ['index.docker.io/library/debian', 'docker.io/library/debian:latest'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app', 'localhost:5000/app:latest'],
  ['[::1]:5000/app:1', '[::1]:5000/app:1'],
  ['ghcr.io/a/b/c:v1.2_3-x', 'ghcr.io/a/b/c:v1.2_3-x'],
  [`debian@${DIGEST}`, `docker.io/library/debian@${DIGEST}`],
  [`ghcr.io/a/b:1@${DIGEST}`, `ghcr.io/a/b:1@${DIGEST}`],
  ['a__b.c-d', 'docker.io/library/a__b.c-d:latest'],
])('%s', (text, whole) => {
  expect(nameText(parseRegistryName(text))).toBe(whole)
})

test.each([
  'Debian',
  'a/B',
  'a:',
  'a@sha256:12',
  `a@${DIGEST}@${DIGEST}`,
  'a//b',
  '../x',
  'a/../b',
  'a b',
  '-a',
  'https://ghcr.io/a/b',
  'host.example/a?b',
  `a${'/b'.repeat(200)}`,
  'a:b c',
  '',
])('%s is none', (text) => {
  expect(() => parseRegistryName(text)).toThrow(StellaError)
})

test('names are the same when they mean the same', () => {
  expect(sameImage('debian', 'docker.io/library/debian:latest')).toBe(true)
  expect(sameImage('debian:12', 'debian')).toBe(false)
})

test.each([
  ['docker:web', { kind: 'engine', engine: 'docker', name: 'web' }],
  ['podman:localhost/a:1', { kind: 'engine', engine: 'podman', name: 'localhost/a:1' }],
  ['docker:27', { kind: 'bare', text: 'docker:27' }],
  ['docker-archive:/a:b.tar', { kind: 'docker-archive', place: '/a:b.tar' }],
  ['oci:folder:tag', { kind: 'oci', place: 'folder:tag' }],
  ['dir:/', { kind: 'dir', path: '/' }],
  ['-', { kind: 'stdin' }],
  ['./x.tar', { kind: 'bare', text: './x.tar' }],
])('the reference %s', (text, expected) => {
  expect(parseImageReference(text)).toEqual(expected)
})

test.each(['', 'docker:', 'docker:--help', '--x', 'oci:', 'a\0b', 'registry:A'])(
  'the reference %j is wrong',
  (text) => {
    expect(() => parseImageReference(text)).toThrow(StellaError)
  },
)

test('any text is a name or is refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9./:@_-]{0,300}$/)), (text) => {
      try {
        const name = parseRegistryName(text)
        expect(parseRegistryName(nameText(name))).toEqual(name)
      } catch (error) {
        expect(error).toBeInstanceOf(StellaError)
      }
    }),
  )
})
