import { onMachines, type Rule } from '../../rule.ts'
import { isBefore } from '../host/kernel.ts'
import { onMachine } from '../host/examples.ts'

const redis = (settings: string): string => `
${settings},
"programs": [
  { "name": "redis", "version": "5.0.14", "container": "docker:cache", "hugePages": true }
]`

export const redisOnHost: Rule = {
  id: 'B04',
  severity: 'warning',
  title: 'A setting of the machine makes a snapshot of Redis dear',
  why: 'Redis forks to save, and a write then copies the page it meets. With transparent huge pages always on, each write copies 2 MiB instead of 4 KiB. With vm.overcommit_memory at 0 the kernel may refuse the fork, though the child hardly uses anything: Redis warns of it at its start.',
  reference:
    'https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency/; measured: Redis 7 logs the warning; kernel, mm/util.c, __vm_enough_memory: from Linux 5.2 on, only what is larger than all memory and swap is refused',
  examples: {
    bad: onMachine(redis('"transparentHugePages": »"always"')),
    good: onMachine(redis('"transparentHugePages": "madvise"')),
  },
  check: onMachines(function* ({ programs, transparentHugePages, sysctls, kernel }) {
    const stores = programs.filter(({ name }) => name === 'redis')
    const [first] = stores
    if (first === undefined) return
    const hit = stores.find(({ takesHugePages }) => takesHugePages === true)
    if (transparentHugePages?.value === 'always' && hit !== undefined) {
      const message = `while it saves, each write to Redis${inContainer(hit)} copies up to 2 MiB`
      yield { place: transparentHugePages.place, message }
    }
    const overcommit = sysctls.get('vm.overcommit_memory')
    if (overcommit?.value !== 0) return
    const isStrict = isBefore(kernel, 5, 2)
    yield {
      place: overcommit.place,
      message: isStrict
        ? `when memory is short, Redis${inContainer(first)} cannot fork to save; set it to 1`
        : `Redis${inContainer(first)} warns of it: its fork is refused where its data are larger than memory and swap; set it to 1`,
      ...(isStrict ? {} : { severity: 'info' }),
    }
  }),
}

function inContainer({ container }: { container: string | null }): string {
  return container === null ? '' : ` in ${container}`
}
