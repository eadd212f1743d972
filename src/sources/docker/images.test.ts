import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { FakeMachine } from '../../../test/support/fake-reader.ts'
import { complaintOf, open } from '../../../test/support/opened.ts'
import { imageEngines } from './index.ts'

it.each<[string, FakeMachine, string, string]>([
  [
    'Docker without its socket',
    {},
    'docker:web',
    '3 stella: docker: unix:///var/run/docker.sock does not exist; see that docker runs, and that you may use it',
  ],
  [
    'Podman without its service',
    {},
    'podman:web',
    '3 stella: podman: unix:///run/podman/podman.sock does not exist; see that podman runs, and that you may use it',
  ],
  [
    'a daemon elsewhere that nobody answers for',
    { env: { DOCKER_HOST: 'tcp://127.0.0.1:9' } },
    'docker:web',
    '3 stella: docker: nobody answers at tcp://127.0.0.1:9: the daemon is not running; see that docker runs, and that you may use it',
  ],
])('%s is named once', async (_, machine, text, complaint) => {
  using reader = fakeReader(machine)
  const engines = (name: 'docker' | 'podman') => imageEngines(reader, name)
  expect(await complaintOf(open(text, { engines }))).toBe(complaint)
})

it('the program podman is named once, whether it is missing or fails', async () => {
  const files = { 'var/lib/containers/storage/x': '' }
  const asked = async (machine: FakeMachine): Promise<unknown> => {
    using reader = fakeReader({ files, ...machine })
    return await imageEngines(reader, 'podman').at(-1)?.has('web', AbortSignal.timeout(5_000))
  }
  expect(await asked({})).toEqual({
    outcome: 'unreachable',
    says: 'the program podman is not installed',
  })
  expect(await asked({ programs: { podman: { exitCode: 125 } } })).toEqual({
    outcome: 'unreachable',
    says: 'the program podman does not tell',
  })
})
