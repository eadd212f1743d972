import { expect, it } from 'vitest'
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import { nameOf } from './identity.ts'

const ID = 'ab12'.repeat(16)
const OTHER = 'cd34'.repeat(16)
const NAMES = new Map([[ID, 'web']])
const POD = 'kubepods/burstable/pod3f1c2d4e-0a1b-4c2d-8e3f-001122334455'

it.each([
  ['a container that is known', `/docker/${ID}`, 'web'],
  ['what lives inside of it', `/docker/${ID}/init.scope`, 'web/init.scope'],
  ['with the systemd driver', `/system.slice/docker-${ID}.scope`, 'web'],
  ['by the first digits of its id', `/system.slice/docker-${ID.slice(0, 12)}.scope`, 'web'],
  ['one that no engine told of', `/docker/${OTHER}`, 'docker:cd34cd34cd34'],
  ['one of an unknown engine', `/jobs/${OTHER}`, 'container:cd34cd34cd34'],
  ['its monitor', `/machine.slice/libpod-conmon-${ID}.scope`, 'monitor of web'],
  ['a pod', `/${POD}`, 'pod:3f1c2d4e-0a1'],
  ['a container of a pod', `/${POD}/${OTHER}`, 'container:cd34cd34cd34'],
  ['LXC', '/lxc.payload.mail', 'mail'],
  ['a service', '/system.slice/redis.service', '/system.slice/redis.service'],
  ['the first group', '/', '/'],
])('%s', (_what, path, name) => {
  expect(nameOf(describeCgroupPath(path), NAMES)).toBe(name)
})
