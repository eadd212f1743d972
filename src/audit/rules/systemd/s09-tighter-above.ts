import { inContainers, type Rule } from '../../rule.ts'
import { raw } from '../examples.ts'
import { sized } from '../words.ts'

const container = (limit: string): string => `[Container]
Image=registry.example.com/web:1
Memory=${limit}

[Service]
MemoryMax=512M
`

export const tighterAbove: Rule = {
  id: 'S09',
  severity: 'warning',
  title: 'A limit above it is tighter',
  why: 'A unit lies in its slice, and a container of Quadlet in its service: the kernel holds every limit on the way, and kills at the tightest. A runtime that sizes itself by its own limit plans with memory that it never gets.',
  reference:
    'systemd.slice(5); podman-systemd.unit(5), CgroupsMode=split; measured: Node.js 18 to 26 do not see the limit of a group above them',
  examples: {
    bad: raw('web.container', container('»1g')),
    good: raw('web.container', container('512m')),
  },
  check: inContainers(['systemd', 'quadlet'], function* (each) {
    const { limit, effectiveLimit, role, name } = each
    if (role !== 'main' || typeof limit?.bytes !== 'number') return
    if (typeof effectiveLimit?.bytes !== 'number' || effectiveLimit.bytes >= limit.bytes) return
    yield {
      place: limit.place,
      message: `${name} is killed at ${sized(effectiveLimit)}, and not at ${sized(limit)}`,
    }
  }),
}
