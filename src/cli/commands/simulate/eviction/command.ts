import { buildCommand } from '@stricli/core'
import { CLUSTER_FLAGS } from '../../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'

export const evictionCommand = buildCommand({
  loader: async () => (await import('./run.ts')).eviction,
  parameters: {
    flags: {
      from: {
        kind: 'parsed',
        parse: (text: string) => text,
        brief:
          'File with pods; may be repeated; - is standard input; without one a cluster is asked',
        placeholder: 'PATH',
        variadic: true,
        optional: true,
      },
      node: {
        kind: 'parsed',
        parse: (text: string) => text,
        brief: 'Which node, where the pods live on several',
        placeholder: 'NAME',
        optional: true,
      },
      kubeconfig: CLUSTER_FLAGS.kubeconfig,
      context: CLUSTER_FLAGS.context,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Which pods the kubelet would evict first',
    fullDescription: [
      'Ranks the pods of a node as the kubelet does under memory pressure: first those that use more',
      'than they requested, among them the lower priority, then the larger excess. The QoS class is',
      "shown, and plays no part: it decides about the kernel's OOM killer.",
      '',
      'PATH is a JSON file {"pods":[{"name","requestBytes","usageBytes","priority"}]}, or what kubectl',
      'prints: pods and nodes as YAML or JSON, next to the text of kubectl top pods.',
      '',
      'With --node and no --from it asks the cluster that kubectl would ask: for the pods of the node, and',
      'the node for what they use.',
      '',
      'Examples:',
      '  stella simulate eviction --node node-1     as it is now on a cluster',
      '  stella simulate eviction --from pods.json',
      '  stella simulate eviction --from pods.yaml --from top.txt --node node-1 --json',
      '',
      'Exit code: 0 answered, 2 wrong call or input, 3 a file or the cluster cannot be read,',
      '4 nothing says how much memory the pods use.',
    ].join('\n'),
  },
})
