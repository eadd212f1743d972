import { formatBytes } from '../../../model/bytes.ts'
import { boundOf, type LiveProgram } from '../../machine.ts'
import { onMachines, type Rule } from '../../rule.ts'
import { onMachine } from './examples.ts'

const program = (version: string): string => `
"containers": [
  { "name": "docker:web", "groups": [{ "path": "/docker/4f1c0a", "limitBytes": 536870912 }] }
],
"programs": [
  { "name": "node", "version": ${version}, "container": "docker:web", "bounded": false }
]`

export const blindRuntime: Rule = {
  id: 'O04',
  severity: 'critical',
  title: 'A runtime that runs does not see its limit',
  why: "It does not know this version of cgroups, and sizes its heap by the machine's memory: it grows until it is killed. Java reads cgroup v1 from 8u191 and 10 on, and v2 from 8u372, 11.0.16 and 15 on. Node.js reads v2 from 20.3 on. Update it, or set the size of its heap.",
  reference:
    'libuv, ChangeLog, 1.45.0; https://developers.redhat.com/articles/2022/04/19/java-17-whats-new-openjdks-container-awareness; JDK-8146115',
  examples: {
    bad: onMachine(program('»"18.19.0"')),
    good: onMachine(program('"24.4.1"')),
  },
  check: onMachines(function* ({ cgroup, programs, containers }) {
    for (const program of programs) {
      const { name, version, isBounded } = program
      if (isBounded !== false || version === null) continue
      if (!isBlind(program, cgroup?.value ?? null)) continue
      const container = containers.find((one) => one.name === program.container)
      const bound = container === undefined ? null : boundOf(container)
      if (container === undefined || bound === null) continue
      const runtime = name === 'java' ? 'Java' : 'Node.js'
      yield {
        place: version.place,
        message: `${runtime} ${version.value} in ${container.name} sizes its heap by the machine, and not by ${formatBytes(bound)}`,
      }
    }
  }),
}

function isBlind({ name, version }: LiveProgram, cgroup: number | null): boolean {
  const text = version?.value ?? ''
  if (name === 'node') return cgroup === 2 && isOlder(numbersOf(text), [20, 3])
  if (name !== 'java') return false
  const [major = 0, , patch = 0] = javaNumbers(text)
  if (cgroup === 1) return major === 9 || (major === 8 && patch < 191)
  if (cgroup !== 2) return false
  if (major === 8) return patch < 372
  if (major === 11) return isOlder(javaNumbers(text), [11, 0, 16])
  return major > 8 && major < 15
}

/** `1.8.0_362` is Java 8, update 362. */
function javaNumbers(text: string): number[] {
  const old = /^1\.(\d+)\.(\d+)(?:_(\d+))?/.exec(text)
  if (old === null) return numbersOf(text)
  return [Number(old[1]), Number(old[2]), Number(old[3] ?? '0')]
}

function numbersOf(text: string): number[] {
  return (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number)
}

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  if (version[0] === 0) return false
  for (const [at, number] of than.entries()) {
    const own = version[at] ?? 0
    if (own !== number) return own < number
  }
  return false
}
