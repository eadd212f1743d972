/** Of what is told of a whole cluster, what is about one namespace. */
import * as z from 'zod/mini'

const Events = z.looseObject({
  items: z.array(
    z.looseObject({
      lastTimestamp: z.nullable(z.string()),
      involvedObject: z.looseObject({
        kind: z.string(),
        namespace: z.optional(z.string()),
        uid: z.optional(z.string()),
      }),
    }),
  ),
})

type ClusterEvents = z.infer<typeof Events>

/** Those of the namespace, and those of the node since the scene began. */
export function eventsOf(text: string, namespace: string, since: Date): ClusterEvents {
  const all = Events.parse(JSON.parse(text))
  // Times of events are whole seconds.
  const begin = Math.floor(since.getTime() / 1_000) * 1_000
  const items = all.items.filter(({ lastTimestamp, involvedObject: { kind, namespace: of } }) =>
    kind === 'Node' ? Date.parse(lastTimestamp ?? '') >= begin : of === namespace,
  )
  return { ...all, items }
}

/** As they stand in the cgroups of the pods. */
export function podUids({ items }: ClusterEvents): string[] {
  const uids = items
    .filter(({ involvedObject }) => involvedObject.kind === 'Pod')
    .flatMap(({ involvedObject: { uid } }) => (uid === undefined ? [] : [`/pod${uid}`]))
  return [...new Set(uids)]
}

const Stats = z.looseObject({
  pods: z.array(z.looseObject({ podRef: z.looseObject({ namespace: z.string() }) })),
})

export function statsOf(text: string, namespace: string): string {
  const all = Stats.parse(JSON.parse(text))
  const pods = all.pods.filter(({ podRef }) => podRef.namespace === namespace)
  return `${JSON.stringify({ ...all, pods }, null, 2)}\n`
}

/** Memory; processor, disk, network and counts of page faults are left out. */
export function cadvisorOf(text: string, namespace: string): string {
  return text
    .split('\n')
    .filter((line) => KEPT.test(line))
    .filter((line) => line.startsWith('#') || line.includes(`namespace="${namespace}"`))
    .map((line) => `${line}\n`)
    .join('')
}

const KEPT =
  /^(# \w+ )?container_(memory_(usage|working|rss|cache|swap|mapped|failcnt|max)|oom|spec_memory|start_time|pressure_memory)/
