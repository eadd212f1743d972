import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { FakeMachine } from '../../../test/support/fake-reader.ts'
import type { HostIdentity } from '../../store/database/types.ts'
import { hostIdentity } from './host-identity.ts'

const MACHINE_ID = '3d1219c7c4c5404aaa1f6d2a48adfda4'

function identityOf(files: FakeMachine['files'], env: FakeMachine['env'] = {}): HostIdentity {
  using reader = fakeReader({ files: files ?? {}, env: env ?? {} })
  return hostIdentity(reader)
}

const named = (name: string) => ({ 'proc/sys/kernel/hostname': `${name}\n` })
const withId = (id: string) => ({ 'etc/machine-id': `${id}\n` })

it('is the same after a host was renamed, another for another machine, and tells no machine-id', () => {
  const before = identityOf({ ...named('web-1'), ...withId(MACHINE_ID) })
  const after = identityOf({ ...named('web-2'), ...withId(MACHINE_ID) })
  const other = identityOf({ ...named('web-1'), ...withId('f'.repeat(32)) })
  expect([before.name, after.name]).toEqual(['web-1', 'web-2'])
  expect(after.id).toBe(before.id)
  expect(other.id).not.toBe(before.id)
  expect(JSON.stringify(before)).not.toContain(MACHINE_ID.slice(0, 16))
})

it('is the name where there is no machine-id, or an empty one', () => {
  const ids = [identityOf(named('a')), identityOf({ ...named('a'), ...withId('') })]
  expect(ids[0]).toEqual(ids[1])
  expect(identityOf(named('b')).id).not.toBe(ids[0]?.id)
})

it('has the name that STELLA_HOST gives', () => {
  const files = { ...named('pod-7f9c'), ...withId(MACHINE_ID) }
  expect(identityOf(files, { STELLA_HOST: 'node-3' })).toEqual({
    ...identityOf(files),
    name: 'node-3',
  })
  expect(identityOf(files, { STELLA_HOST: ' ' }).name).toBe('pod-7f9c')
})
