import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inNodes } from '../inputs.ts'

const service = (tag: string): string => `
image: ${tag}
command: [node, server.js]
mem_limit: 512m`

export const blindNode: Rule = {
  id: 'N04',
  severity: 'critical',
  title: 'This Node.js does not see a limit of cgroup v2',
  why: "It sizes its heap by the machine's memory: up to 4 GiB, whatever the limit is. libuv reads cgroup v2 from 1.45 on, which came with Node 20.3. Update it, or set --max-old-space-size.",
  reference: 'libuv, ChangeLog, 1.45.0; measured: Node 18 takes a heap of 4144 MiB in 64 MiB',
  examples: { bad: inService(service('»node:18-slim')), good: inService(service('node:24-slim')) },
  check: inNodes(function* (node, { image, effectiveLimit: limit }, { host }) {
    const { version } = node
    if (version === null || image === null || host.cgroup === 1 || limit === null) return
    const isOld =
      version.major < 20 || (version.major === 20 && version.minor !== null && version.minor < 3)
    if (!isOld || node.oldSpace !== null || node.isBounded || !node.isWhole) return
    yield {
      place: image.place,
      message: `Node ${version.major} sizes its heap by the machine, and not by ${limit.text}`,
    }
  }),
}
