import { buildCommand } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { CLUSTER_FLAGS } from '../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { WATCHING_FLAGS } from '../../watch-flags.ts'
import { parseServer, parseWebhook } from './parse.ts'

export const watchCommand = buildCommand({
  loader: async () => (await import('./run.ts')).watch,
  parameters: {
    flags: {
      ...WATCHING_FLAGS,
      webhook: {
        kind: 'parsed',
        parse: parseWebhook,
        brief: 'Address that is told, as Slack takes it (default: STELLA_WEBHOOK)',
        placeholder: 'URL',
        optional: true,
      },
      to: {
        kind: 'parsed',
        parse: parseServer,
        brief:
          "Send cases to this 'stella serve', too; what it misses while it is away is sent later",
        placeholder: 'URL',
        optional: true,
      },
      tokenFile: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'File with the token of that server (default: STELLA_TOKEN)',
        placeholder: 'FILE',
        optional: true,
      },
      node: {
        kind: 'parsed',
        parse: asItIs,
        brief:
          'Name of this machine as a node of Kubernetes, whose pods are then known by name (default: NODE_NAME)',
        placeholder: 'NAME',
        optional: true,
      },
      events: {
        kind: 'enum',
        values: ['kubernetes'],
        brief: "Write kills as Events of the pods, as 'kubectl describe pod' shows them",
        optional: true,
      },
      kubeconfig: CLUSTER_FLAGS.kubeconfig,
      context: CLUSTER_FLAGS.context,
      data: dataFlag('Folder for the journal of cases'),
      ...COMMON_FLAGS,
      json: { ...COMMON_FLAGS.json, brief: 'One JSON document for each entry, on a line each' },
    },
  },
  docs: {
    brief: 'See kills as they happen, warn before, and write both down',
    fullDescription: [
      'Runs in the foreground until it is interrupted. It reads the kernel log, the counters of all memory',
      'groups and the events of Docker and Podman, takes the evidence that is gone a moment later, and',
      "writes one case for each incident into a journal: 'stella cases list' shows them. What the kernel log",
      'still holds from before is recorded, too, each incident once.',
      '',
      'Examples:',
      '  stella watch',
      '  stella watch --json > cases.jsonl',
      '  stella watch --to https://stella.example.com --token-file /etc/stella/token',
      '  stella watch --node node-1 --events kubernetes',
      '  stella watch --webhook https://hooks.example.com/T0/B0 --warn 85',
      '',
      'Exit code: 0 when it is interrupted, 2 wrong call, 3 groups or journal out of reach, 70 a fault of',
      'stella.',
    ].join('\n'),
  },
})
