import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../test/support/fake-reader.ts'
import type { Engine, EngineAnswer } from '../sources/docker/engine.ts'
import { containerNames } from './names.ts'
import type { ContainerNames, EngineName } from './names.ts'

const UNUSED = async (): Promise<EngineAnswer> => ({ outcome: 'not-found' })

function engine(name: EngineName, list: () => EngineAnswer): Engine {
  const rest = {
    version: UNUSED,
    info: UNUSED,
    listAll: UNUSED,
    inspect: UNUSED,
    events: UNUSED,
    logs: UNUSED,
    stats: UNUSED,
    follow: () => Promise.resolve(null),
  }
  return { name, where: 'here', list: async () => list(), ...rest }
}

function answered(text: string): EngineAnswer {
  return { outcome: 'answered', text, from: 'GET /containers/json', truncated: false }
}

/** A machine with a clock that the test turns, and engines that count how often they are asked. */
function machine(answers: Partial<Record<EngineName, () => EngineAnswer>>): {
  names: ContainerNames
  asked: EngineName[]
  ask(...ids: readonly [engine: string | null, id: string][]): Promise<void>
  wait(seconds: number): void
} {
  let now = 1_000
  using reader = fakeReader()
  const asked: EngineName[] = []
  const names = containerNames(
    { ...reader, monotonicSeconds: () => now },
    async (_reader, name) => {
      const answer = answers[name]
      if (answer === undefined) return []
      return [
        engine(name, () => {
          asked.push(name)
          return answer()
        }),
      ]
    },
  )
  return {
    names,
    asked,
    ask: async (...ids) => {
      names.want(ids.map(([of, id]) => ({ engine: of, id })))
      await names.settled()
    },
    wait: (seconds) => {
      now += seconds
    },
  }
}

const DOCKER = '[{"Id":"aa","Names":["/web"]},{"Id":"bb","Names":["/db","/db-alias"]}]'

describe('the names of containers', () => {
  it('come from the engine that made them', async () => {
    const { names, ask } = machine({
      docker: () => answered(DOCKER),
      podman: () => answered('[{"Id":"cc","Names":["mail"]}]'),
    })
    await ask(['docker', 'aa'], [null, 'bb'], ['podman', 'cc'])
    expect([...names.known]).toEqual([
      ['aa', 'web'],
      ['bb', 'db'],
      ['cc', 'mail'],
    ])
    expect(names.problems).toEqual([])
  })

  it('cost no question where there is no container of theirs', async () => {
    const { asked, ask } = machine({ docker: () => answered(DOCKER), podman: () => answered('[]') })
    await ask()
    await ask(['lxc', 'mail'])
    expect(asked).toEqual([])
    await ask(['docker', 'aa'])
    expect(asked).toEqual(['docker'])
  })

  it('are asked for again when somebody new comes, and otherwise once a minute', async () => {
    const { asked, ask, wait } = machine({ docker: () => answered(DOCKER) })
    for (let second = 0; second < 50; second++) {
      await ask(['docker', 'aa'])
      wait(1)
    }
    expect(asked).toHaveLength(1)
    await ask(['docker', 'aa'], ['docker', 'bb'])
    expect(asked).toHaveLength(2)
    for (let second = 0; second < 65; second++) {
      await ask(['docker', 'aa'], ['docker', 'bb'])
      wait(1)
    }
    expect(asked).toHaveLength(3)
  })

  it('are asked for less and less often where the engine does not tell them', async () => {
    const { asked, ask, wait } = machine({ docker: () => answered('[]') })
    for (let second = 0; second < 600; second++) {
      await ask(['docker', 'aa'])
      wait(1)
    }
    expect(asked.length).toBeGreaterThan(8)
    expect(asked.length).toBeLessThan(18)
  })

  it('stay known when a container ended, for its last row', async () => {
    let text = DOCKER
    const { names, ask, wait } = machine({ docker: () => answered(text) })
    await ask(['docker', 'aa'])
    text = '[]'
    wait(61)
    await ask(['docker', 'dd'])
    expect(names.known.get('aa')).toBe('web')
  })

  it('tell why they are not known', async () => {
    const { names, ask } = machine({
      docker: () => ({ outcome: 'denied', says: '/var/run/docker.sock may not be opened' }),
    })
    await ask(['docker', 'aa'])
    expect(names.problems).toEqual([
      'container names are not known: /var/run/docker.sock may not be opened',
    ])
  })

  it.each(['', 'null', '{}', '[1,null,{"Id":7},{"Id":"x","Names":[]},{"Id":"y","Names":"z"}]'])(
    'are none in an answer like %s',
    async (text) => {
      const { names, ask } = machine({ docker: () => answered(text) })
      await ask(['docker', 'aa'])
      expect(names.known.size).toBe(0)
    },
  )

  it('never wait for an engine that hangs, and ask it one question at a time', async () => {
    using reader = fakeReader()
    let asked = 0
    const names = containerNames(reader, () => {
      asked++
      return new Promise(() => {})
    })
    names.want([{ engine: 'docker', id: 'aa' }])
    names.want([{ engine: 'docker', id: 'bb' }])
    expect(asked).toBe(1)
    expect(names.known.size).toBe(0)
  })

  it('are told as a problem where asking itself fails', async () => {
    using reader = fakeReader()
    const names = containerNames(reader, async () => {
      throw new Error('no such module')
    })
    names.want([{ engine: 'docker', id: 'aa' }])
    await names.settled()
    expect(names.problems).toEqual(['docker: Error: no such module'])
  })
})
