import { EVERYWHERE, inContainers, type Rule } from '../../rule.ts'
import type { Probe } from '../../workload.ts'
import { inService } from '../examples.ts'

/** Commands that succeed whatever the program does. `ls FILE` does not. */
const ALWAYS =
  /^(?:true|:|echo(?: [^|&;<>`$]*)?|ps(?: -?(?:aux|ef|e|a))?|date|ls|uptime|whoami|hostname|exit 0)$/

const service = (test: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
healthcheck:
  test: ${test}`

export const probeCannotFail: Rule = {
  id: 'C27',
  severity: 'warning',
  title: 'A health check that cannot fail',
  why: 'Such a command succeeds as long as the container can start a process. A program that hangs at its memory limit stays "healthy". Ask the program itself.',
  reference: 'https://docs.docker.com/reference/dockerfile/#healthcheck',
  examples: {
    bad: inService(service('[CMD, »ps, aux]')),
    good: inService(service('[CMD, curl, -f, "http://localhost:8080/health"]')),
  },
  check: inContainers(EVERYWHERE, function* ({ probes, name }) {
    for (const probe of probes.filter(({ isCheck }) => isCheck)) {
      const command = commandThatCannotFail(probe)
      if (command === null) continue
      yield { place: probe.place, message: `${command} succeeds even while ${name} hangs` }
    }
  }),
}

function commandThatCannotFail({ words }: Probe): string | null {
  const texts = words.map(({ text }) => text)
  const line = texts.join(' ')
  if (/\|\| (?:true|:|exit 0)$/.test(line)) return `... ${texts.slice(-2).join(' ')}`
  const script = line.replace(/^(?:\/bin\/)?(?:ba|da)?sh -c /, '')
  return ALWAYS.test(script) ? script : null
}
