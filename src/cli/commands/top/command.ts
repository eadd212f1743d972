import { buildCommand } from '@stricli/core'
import { CLUSTER_FLAGS, NAMESPACE_FLAG } from '../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseCount } from '../../count.ts'
import { parseInterval } from './interval.ts'

const SORTS = ['usage', 'percent', 'pressure', 'growth', 'time', 'dirty', 'name'] as const

export const topCommand = buildCommand({
  loader: async () => (await import('./run.ts')).top,
  parameters: {
    flags: {
      sort: {
        kind: 'enum',
        values: SORTS,
        brief:
          'What comes first; percent is that of the limit, time what is left until it is reached',
        default: 'usage',
      },
      interval: {
        kind: 'parsed',
        parse: parseInterval,
        brief: 'Time between two rounds: 1s up to 1h',
        placeholder: 'DUR',
        default: '1s',
      },
      once: {
        kind: 'boolean',
        brief: 'One round as plain rows; so it is without a terminal',
        optional: true,
        withNegated: false,
      },
      count: {
        kind: 'parsed',
        parse: parseCount,
        brief: 'So many rounds as plain rows',
        placeholder: 'N',
        optional: true,
      },
      cluster: {
        kind: 'boolean',
        brief: 'The containers of a Kubernetes cluster instead of this machine',
        optional: true,
        withNegated: false,
      },
      kubeconfig: CLUSTER_FLAGS.kubeconfig,
      context: CLUSTER_FLAGS.context,
      namespace: NAMESPACE_FLAG,
      ...COMMON_FLAGS,
      json: { ...COMMON_FLAGS.json, brief: 'One JSON document for each round, on a line each' },
    },
  },
  docs: {
    brief: 'Watch usage, limit, pressure and time left, live',
    fullDescription: [
      'Shows the memory of all containers and memory groups of this machine, and how long each has',
      'until it reaches the limit that binds it: its own, one above it, or the machine.',
      'Keys sort, filter and open a group; ? lists them.',
      '',
      'Examples:',
      '  stella top',
      '  stella top --sort time',
      '  stella top --once                           plain rows, for a pipe',
      '  stella top --count 10 --interval 5s --json  for a script; growth needs three rounds',
      '  stella top --cluster                        what pods use, their limits, restarts and last kills',
      '',
      'Of a cluster the metrics API tells usage, every 15 seconds or so: it is asked every 5 at most. Without',
      'one the kubelets of up to 200 nodes are asked, every 15 seconds, which takes the right to get nodes/proxy.',
      '',
      'Exit code: 0 done, 2 wrong call, 3 the memory groups or the cluster cannot be read, 70 a fault of stella.',
    ].join('\n'),
  },
})
