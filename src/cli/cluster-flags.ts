import type { CliContext, Variables } from './context.ts'

/** Where the clusters are that a command asks. Each option stands for a variable that the cluster's own programs read. */
export interface ClusterFlags {
  kubeconfig?: string
  context?: string
  marathon?: string
  mesosAgent?: string
}

export const CLUSTER_FLAGS = {
  kubeconfig: {
    kind: 'parsed',
    parse: (text: string) => text,
    brief:
      'File that describes the Kubernetes cluster (default: KUBECONFIG, else what kubectl uses)',
    placeholder: 'FILE',
    optional: true,
  },
  context: {
    kind: 'parsed',
    parse: (text: string) => text,
    brief: 'Context in that file (default: its current one)',
    placeholder: 'NAME',
    optional: true,
  },
  marathon: {
    kind: 'parsed',
    parse: (text: string) => text,
    brief:
      'Address of Marathon, as in http://HOST:8080 (default: MARATHON_URL, or the cluster of dcos)',
    placeholder: 'URL',
    optional: true,
  },
  mesosAgent: {
    kind: 'parsed',
    parse: (text: string) => text,
    brief:
      'Address of the Mesos agents (default: as DC/OS leads to them, else port 5051 of the host)',
    placeholder: 'URL',
    optional: true,
  },
} as const

/** The same command line, asking the clusters that its options name. */
export function atClusters(context: CliContext, flags: ClusterFlags): CliContext {
  const variables = clusterVariables(flags)
  return { ...context, engine: (more = {}) => context.engine({ ...variables, ...more }) }
}

/** What the options stand for; those that are not given are left out. */
export function clusterVariables(flags: ClusterFlags): Variables {
  const named = {
    KUBECONFIG: flags.kubeconfig,
    STELLA_KUBE_CONTEXT: flags.context,
    STELLA_MARATHON_URL: flags.marathon,
    STELLA_MESOS_AGENT_URL: flags.mesosAgent,
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}
