import { usageError } from '../model/errors.ts'
import { asItIs } from './as-it-is.ts'
import type { CliContext, Variables } from './context.ts'

/** Where the clusters are that a command asks. Each option stands for a variable that the cluster's own programs read. */
export interface ClusterFlags {
  kubeconfig?: string
  context?: string
  marathon?: string
  mesosAgent?: string
}

/** Of commands that look at many pods of a cluster. */
export interface ManyPodsFlags extends Pick<ClusterFlags, 'kubeconfig' | 'context'> {
  namespace?: string
}

export const CLUSTER_FLAGS = {
  kubeconfig: {
    kind: 'parsed',
    parse: asItIs,
    brief:
      'File that describes the Kubernetes cluster (default: KUBECONFIG, else what kubectl uses)',
    placeholder: 'FILE',
    optional: true,
  },
  context: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Context in that file (default: its current one)',
    placeholder: 'NAME',
    optional: true,
  },
  marathon: {
    kind: 'parsed',
    parse: (text: string) => addressOf(text, 8080),
    brief:
      'Address of Marathon, as in http://HOST:8080 (default: MARATHON_URL, or the cluster of dcos)',
    placeholder: 'URL',
    optional: true,
  },
  mesosAgent: {
    kind: 'parsed',
    parse: (text: string) => addressOf(text, 5051),
    brief:
      'Address of the Mesos agents (default: as DC/OS leads to them, else port 5051 of the host)',
    placeholder: 'URL',
    optional: true,
  },
} as const

export const NAMESPACE_FLAG = {
  kind: 'parsed',
  parse: namespaceOf,
  brief: 'Only this namespace of the cluster (default: all that may be seen)',
  placeholder: 'NAME',
  optional: true,
} as const

/** It stands in paths of the API: a label of DNS, as the API server wants it (RFC 1123). */
function namespaceOf(text: string): string {
  if (/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text
  throw usageError(
    `'${text}' is no name of a namespace`,
    null,
    "name one of 'kubectl get namespaces'",
  )
}

/** Told here, where it is known that the option was wrong, and not a variable. What was written is not told: a password may stand in it. */
function addressOf(text: string, port: number): string {
  const address = URL.canParse(text) ? new URL(text) : null
  if (address !== null && /^https?:$/.test(address.protocol)) return text
  throw usageError('this is no address', null, `write it as http://HOST:${port}`)
}

/** The same command line, asking the clusters that its options name. */
export function atClusters(context: CliContext, flags: ClusterFlags & ManyPodsFlags): CliContext {
  const variables = clusterVariables(flags)
  return { ...context, engine: (more = {}) => context.engine({ ...variables, ...more }) }
}

/** What the options stand for; those that are not given are left out. */
export function clusterVariables(flags: ClusterFlags & ManyPodsFlags): Variables {
  const named = {
    KUBECONFIG: flags.kubeconfig,
    STELLA_KUBE_CONTEXT: flags.context,
    STELLA_KUBE_NAMESPACE: flags.namespace,
    STELLA_MARATHON_URL: flags.marathon,
    STELLA_MESOS_AGENT_URL: flags.mesosAgent,
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}

/** Whether one of the options names a cluster of Kubernetes, or a part of one. */
export function namesCluster({ kubeconfig, context, namespace }: ManyPodsFlags): boolean {
  return [kubeconfig, context, namespace].some((named) => named !== undefined)
}
