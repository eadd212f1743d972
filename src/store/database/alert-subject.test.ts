import fc from 'fast-check'
import { expect, it } from 'vitest'
import { subjectOf } from './alert-subject.ts'

const id = 'f00d'.repeat(16)

it.each([
  [{ target: 'docker:web', host: 'a' }, 'docker', ['web'], 'a'],
  [{ target: 'docker:f00df00df00d' }, 'docker', ['f00df00df00d%'], null],
  [{ target: 'k8s:shop/cart-0/app' }, 'kubernetes', ['shop/cart-0/app'], null],
  [{ target: 'cgroup:/a_b' }, 'cgroup', [String.raw`/a\_b`], null],
  [{ target: 'else:%' }, null, [String.raw`else:\%`], null],
  [{ namespace: 'shop', pod: 'cart-0', container: 'app' }, 'kubernetes', ['shop/cart-0/app'], null],
  [{ pod: 'cart-0' }, 'kubernetes', ['%/cart-0/%'], null],
  [{ name: 'web', id: `/docker/${id}` }, null, ['web', `${id}%`], null],
  [{ container: 'web' }, null, ['web'], null],
])('names what %o is about', (labels, platform, names, host) => {
  expect(subjectOf(labels)).toEqual({ host, platform, names, verdicts: [] })
})

it.each([
  [{ scope: 'nested' }, ['oom-nested-limit']],
  [{ verdict: 'hung-at-limit', instance: 'x' }, ['hung-at-limit']],
  [{ host: 'a' }, expect.arrayContaining(['oom-host', 'thrashing'])],
])('tells of what %o is where no subject is named', (labels, verdicts) => {
  expect(subjectOf(labels)).toMatchObject({ names: [], verdicts })
})

it.each([{}, { pool: 'default', worker: 'w1' }, { target: '' }, { scope: 'nonsense' }])(
  'ties nothing to %o',
  (labels) => expect(subjectOf(labels)).toBeNull(),
)

it('stands any label', () => {
  const name = fc.constantFrom('target', 'host', 'pod', 'namespace', 'container', 'name', 'id')
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: 'binary' })), (labels) => {
      const found = subjectOf(labels)
      expect(found === null || found.names.length + found.verdicts.length > 0).toBe(true)
    }),
  )
})
