import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { fakeEngine } from '../../../test/support/fake-engine.ts'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { hostEngines } from './host-engines.ts'

/** Without it nobody asks the program, which would make it. */
const files = { '/var/lib/containers/storage/there': '' }

/** Docker answers so at its usual socket. */
async function docker(info: object, status = 200) {
  using reader = fakeReader()
  using _engine = await fakeEngine(reader, (_request, response) => {
    response.writeHead(status).end(JSON.stringify(info))
  })
  return await checked(hostEngines, {}, { reader })
}

it('has nothing to say where no engine is', async () => {
  expect(await checked(hostEngines)).toMatchObject({ status: 'skip' })
})

it('names who answers, with its version', async () => {
  const programs = { podman: { stdout: '{"version":{"Version":"4.3.1"}}' } }
  expect(await checked(hostEngines, { files, programs })).toMatchObject({
    status: 'pass',
    says: '1 engine answers: podman 4.3.1 at the program podman',
  })
  const options = ['name=seccomp,profile=builtin', 'name=rootless']
  expect(
    await docker({ ServerVersion: '27.0.1', MemoryLimit: true, SecurityOptions: options }),
  ).toMatchObject({
    status: 'pass',
    says: '1 engine answers: docker 27.0.1 at unix:///var/run/docker.sock',
    evidence: {
      engines: expect.arrayContaining([
        expect.objectContaining({ version: '27.0.1', memoryLimit: true, isRootless: true }),
      ]),
    },
  })
})

it('fails of one that cannot limit memory', async () => {
  expect(await docker({ ServerVersion: '27.0.1', MemoryLimit: false })).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('cannot limit memory'),
  })
})

it('warns of one that is there and does not answer', async () => {
  const programs = { podman: { exitCode: 125, stderr: 'Error: database is locked' } }
  expect(await checked(hostEngines, { files, programs })).toMatchObject({
    status: 'warn',
    says: 'podman info failed: database is locked',
    todo: 'see what is wrong with: podman info',
  })
  expect(await docker({ message: 'no' }, 403)).toMatchObject({
    status: 'warn',
    says: 'docker at unix:///var/run/docker.sock refuses the call: no',
  })
})

it('warns of one that was named and does not run', async () => {
  const away = { env: { DOCKER_HOST: 'unix:///run/away.sock' } }
  expect(await checked(hostEngines, away)).toMatchObject({
    status: 'warn',
    says: 'unix:///run/away.sock does not exist',
  })
})
