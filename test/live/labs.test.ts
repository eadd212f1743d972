import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { play } from '../support/labs.ts'
import type { Player } from '../support/labs.ts'
import { testDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import { testbedFolder } from '../support/testbed.ts'

const data = join(testbedFolder('labs'), String(process.pid))
const bare: Player = { data, backend: 'cgroup' }

afterAll(() => rmSync(data, { recursive: true, force: true }))

describe.skipIf(requireParts('root', 'kmsg'))('labs in bare memory groups', () => {
  test('container-oom-kill', { timeout: 120_000 }, async () => {
    expect(await play(bare, 'container-oom-kill')).toEqual([])
  })
})

describe.skipIf(requireParts('root', 'kmsg', 'docker'))('labs in Docker', () => {
  test('container-oom-kill', { timeout: 120_000 }, async () => {
    const { env } = await testDocker()
    const left = await play({ data, backend: 'docker', env }, 'container-oom-kill', {
      cheats: ({ name }) => name === 'an idle container' || name === 'a kill after the check',
    })
    expect(left).toEqual([])
  })
})
