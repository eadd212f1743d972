import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isElsewhere } from '../../investigate/collect/container.ts'
import { infoOf } from '../../investigate/survey/engines.ts'
import { engines } from '../../sources/docker/index.ts'
import type { EngineAnswer } from '../../sources/docker/engine.ts'
import type { Reader } from '../../sources/reader.ts'
import type { Judgement, MachineCheck, Problem } from '../check.ts'
import { counted } from '../../model/counted.ts'
import { judged } from '../judge.ts'

export const hostEngines: MachineCheck = {
  of: 'machine',
  id: 'check.host.engines',
  title: 'Docker and Podman answer, and limit memory',
  severity: 'medium',
  runbook: 'docs/guides/doctor.md',
  warns:
    'An engine is there, and does not let stella in, does not answer well, does not run, or is on another machine',
  fails: 'An engine that answers cannot limit the memory of a container',
  async look({ reader }, signal) {
    const asked: Asked[] = []
    for (const name of ['docker', 'podman'] as const) {
      for (const engine of engines(reader, name)) {
        const { where } = engine
        const answer = await engine.info(signal)
        asked.push({ name, where, answer, isThere: isThere(reader, where) })
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
  /** Somebody named it, or has made its socket. */
  isThere: boolean
}

/** A program is looked for by asking it. */
function isThere({ root, env }: Reader, where: string): boolean {
  if (where === env['DOCKER_HOST'] || where === env['CONTAINER_HOST']) return true
  return where.startsWith('unix://') && existsSync(join(root, where.slice('unix://'.length)))
}

function judge(asked: readonly Asked[]): Judgement {
  const answering = asked.filter(({ answer }) => answer.outcome === 'answered')
  const others = asked.filter(({ name }) => !answering.some((other) => other.name === name))
  const problems = [...answering.map(limitsOf), ...others.map(closed)]
  if (answering.length === 0 && problems.every((problem) => problem === null)) {
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
      ...figuresOf(name, answer),
    })),
  }
  const names = answering.map((each) => `${titleOf(each)} at ${each.where}`).join(' and ')
  const says = `${counted(answering.length, 'engine answers', 'engines answer')}: ${names}`
  return judged(says, evidence, problems)
}

function titleOf({ name, answer }: Asked): string {
  const { version } = answer.outcome === 'answered' ? infoOf(name, answer.text) : {}
  return version === undefined ? name : `${name} ${version}`
}

function figuresOf(name: string, answer: EngineAnswer) {
  if (answer.outcome !== 'answered') return {}
  const { version = null, memoryLimit = null, swapLimit = null } = infoOf(name, answer.text)
  const isRootless = /"name=rootless"|"rootless":\s*true/.test(answer.text)
  return { version, memoryLimit, swapLimit, isRootless }
}

function limitsOf({ name, where, answer }: Asked): Problem | null {
  if (answer.outcome !== 'answered') return null
  if (isElsewhere(where)) {
    const says = `${name} at ${where} is another machine: what is killed there is not seen from here`
    return { status: 'warn', says, todo: 'run stella on that machine' }
  }
  if (infoOf(name, answer.text).memoryLimit !== false) return null
  return {
    status: 'fail',
    says: `${name} at ${where} cannot limit memory: its containers have no limit, whatever they were given`,
    todo: 'start the kernel with cgroup_enable=memory; a rootless engine needs cgroup v2, with memory delegated to its user',
  }
}

function closed({ name, answer, isThere: isNamed }: Asked): Problem | null {
  switch (answer.outcome) {
    case 'denied':
      return {
        status: 'warn',
        says: answer.says,
        todo: 'run it as root, or as a user who may open that socket; a container is called by its id until then',
      }
    case 'failed':
      return { status: 'warn', says: answer.says, todo: `see what is wrong with: ${name} info` }
    case 'unreachable':
      return isNamed
        ? { status: 'warn', says: answer.says, todo: `start ${name}, or name another socket` }
        : null
    case 'answered':
    case 'not-found':
      return null
  }
}
