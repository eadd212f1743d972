import { engines } from '../../sources/docker/index.ts'
import type { EngineAnswer } from '../../sources/docker/engine.ts'
import type { Judgement, MachineCheck } from '../check.ts'
import { counted } from '../words.ts'
import { judged, problemIf } from '../judge.ts'

export const hostEngines: MachineCheck = {
  of: 'machine',
  id: 'check.host.engines',
  title: 'Docker and Podman answer',
  severity: 'medium',
  runbook: 'docs/guides/doctor.md',
  warns: 'An engine is there, and does not let stella in or does not answer well',
  fails: 'Never',
  async look({ reader }, signal) {
    const asked: Asked[] = []
    for (const name of ['docker', 'podman'] as const) {
      for (const engine of engines(reader, name)) {
        const { where } = engine
        const answer = await engine.version(signal)
        asked.push({ name, where, answer })
        // A service and the program share one store.
        if (answer.outcome === 'answered') break
      }
    }
    return judge(asked)
  },
}

interface Asked {
  name: 'docker' | 'podman'
  where: string
  answer: EngineAnswer
}

function judge(asked: readonly Asked[]): Judgement {
  const answering = asked.filter(({ answer }) => answer.outcome === 'answered')
  const closed = asked.filter(
    ({ name, answer }) =>
      (answer.outcome === 'denied' || answer.outcome === 'failed') &&
      !answering.some((other) => other.name === name),
  )
  if (answering.length === 0 && closed.length === 0) {
    return {
      kind: 'skipped',
      says: 'neither Docker nor Podman runs here',
      todo: 'name another socket with DOCKER_HOST or CONTAINER_HOST',
    }
  }
  const evidence = {
    engines: asked.map(({ name, where, answer }) => ({
      ...{ name, where, outcome: answer.outcome },
      says: 'says' in answer ? answer.says : null,
    })),
  }
  const names = answering.map(({ name, where }) => `${name} at ${where}`).join(' and ')
  return judged(
    `${counted(answering.length, 'engine answers', 'engines answer')}: ${names}`,
    evidence,
    [
      ...closed.map(({ name, answer }) =>
        problemIf(
          'warn',
          'says' in answer ? answer.says : `${name} does not answer`,
          'run it as root, or as a user who may open that socket; a container is called by its id until then',
        ),
      ),
    ],
  )
}
