import type { CliContext, Variables } from './context.ts'

/** Where the clusters are that a command asks. Each option stands for a variable that the cluster's own programs read. */
export interface ClusterFlags {
  marathon?: string
}

export const CLUSTER_FLAGS = {
  marathon: {
    kind: 'parsed',
    parse: (text: string) => text,
    brief: 'Address of Marathon, as in http://HOST:8080 (default: MARATHON_URL)',
    placeholder: 'URL',
    optional: true,
  },
} as const

/** The same command line, asking the clusters that its options name. */
export function atClusters(context: CliContext, flags: ClusterFlags): CliContext {
  const named = Object.entries({
    MARATHON_URL: flags.marathon,
  }).filter(([, value]) => value !== undefined)
  if (named.length === 0) return context
  const variables: Variables = Object.fromEntries(named)
  return { ...context, engine: (more = {}) => context.engine({ ...variables, ...more }) }
}
