import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { parsePriority, parseRequest, parseThreshold } from './what-if.ts'
import { CLUSTER_FLAGS } from '../../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'

export const evictionCommand = buildCommand({
  loader: async () => (await import('./run.ts')).eviction,
  parameters: {
    flags: {
      from: {
        kind: 'parsed',
        parse: asItIs,
        brief:
          'File with pods; may be repeated; - is standard input; without one a cluster is asked',
        placeholder: 'PATH',
        variadic: true,
        optional: true,
      },
      node: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Which node, where the pods live on several',
        placeholder: 'NAME',
        optional: true,
      },
      setPriority: {
        kind: 'parsed',
        parse: parsePriority,
        brief: 'As if its PriorityClass had this value; POD may end with *; may be repeated',
        placeholder: 'POD=N',
        variadic: true,
        optional: true,
      },
      setRequest: {
        kind: 'parsed',
        parse: parseRequest,
        brief: 'As if it requested so much memory; POD may end with *; may be repeated',
        placeholder: 'POD=SIZE',
        variadic: true,
        optional: true,
      },
      evictionHard: {
        kind: 'parsed',
        parse: parseThreshold,
        brief: "The kubelet's threshold for memory.available (default: 100Mi)",
        placeholder: 'SIZE|PERCENT',
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
      'prints: pods and nodes as YAML or JSON, next to the text of kubectl top pods or to the summary of',
      "the node's kubelet (kubectl get --raw /api/v1/nodes/NODE/proxy/stats/summary), which also tells how",
      'far the node is from evicting: memory.available is its capacity less the working set.',
      '',
      '--set-priority and --set-request try out what would move a pod: the ranking before and after.',
      '',
      'With --node and no --from it asks the cluster that kubectl would ask: for the pods of the node, and',
      'the node for what they use, when it evicts, and how far it is from that.',
      '',
      'Examples:',
      '  stella simulate eviction --node node-1     as it is now on a cluster',
      '  stella simulate eviction --from pods.json',
      '  stella simulate eviction --from pods.yaml --from top.txt --node node-1 --json',
      '  stella simulate eviction --node node-1 --set-priority "shop/cart-*=1000" --set-request etl-0=2Gi',
      '',
      'Exit code: 0 answered, 2 wrong call or input, 3 a file or the cluster cannot be read,',
      '4 nothing says how much memory the pods use, 70 a fault of stella.',
    ].join('\n'),
  },
})
