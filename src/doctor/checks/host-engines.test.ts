import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostEngines } from './host-engines.ts'

/** Without it nobody asks the program, which would make it. */
const files = { '/var/lib/containers/storage/there': '' }

it('has nothing to say where no engine is', async () => {
  expect(await checked(hostEngines)).toMatchObject({ status: 'skip' })
})

it('names who answers', async () => {
  const programs = { podman: { stdout: '{"Client":{"Version":"4.3.1"}}' } }
  expect(await checked(hostEngines, { files, programs })).toMatchObject({
    status: 'pass',
    says: '1 engine answers: podman at the program podman',
  })
})

it('warns of one that is there and does not answer', async () => {
  const programs = { podman: { exitCode: 125, stderr: 'Error: database is locked' } }
  expect(await checked(hostEngines, { files, programs })).toMatchObject({
    status: 'warn',
    says: 'podman version failed: database is locked',
  })
})
