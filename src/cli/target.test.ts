import { expect, test } from 'vitest'
import { StellaError } from '../model/errors.ts'
import { parseTarget } from './target.ts'

test.each([
  ['docker:web', { kind: 'container', engine: 'docker', name: 'web' }],
  ['docker:/web', { kind: 'container', engine: 'docker', name: 'web' }],
  ['podman:shop_web.1-a', { kind: 'container', engine: 'podman', name: 'shop_web.1-a' }],
  ['k8s:shop/cart-0', { kind: 'pod', namespace: 'shop', pod: 'cart-0', container: null }],
  ['k8s:shop/cart-0/app', { kind: 'pod', namespace: 'shop', pod: 'cart-0', container: 'app' }],
  ['marathon:/team/app', { kind: 'marathon', app: '/team/app' }],
  ['cgroup:/system.slice/a:b.service/', { kind: 'cgroup', path: '/system.slice/a:b.service' }],
  ['cgroup:/', { kind: 'cgroup', path: '/' }],
  ['pid:1', { kind: 'process', pid: 1 }],
  ['pid:4194304', { kind: 'process', pid: 4_194_304 }],
  ['host', { kind: 'host' }],
  ['web', { kind: 'name', name: 'web' }],
])('%s', (text, target) => {
  expect(parseTarget(text)).toEqual(target)
})

test.each([
  '',
  '-x',
  '--from=',
  'docker:',
  'docker:a b',
  'docker:../etc',
  'k8s:shop',
  'k8s:shop/',
  'k8s:shop/a/b/c',
  'k8s:Shop/a',
  'marathon:app',
  'cgroup:relative',
  'cgroup:/a/../../b',
  'pid:0',
  'pid:-1',
  'pid:1e3',
  'pid:4194305',
  'pid:',
  'lxc:web',
  'a/b',
])('%j is refused with the form that was expected', (text) => {
  expect(() => parseTarget(text)).toThrow(StellaError)
})
