/** This machine as a node of Kubernetes: whose its pods are, and Events for them. */
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import { followNodePods } from '../../sources/kubernetes/node-pods.ts'
import type { Reader } from '../../sources/reader.ts'
import type { JournalEntry } from '../../store/cases.ts'
import { createPodEvents } from '../../watch/notify/pod-events.ts'
import { createPods } from '../../watch/pods.ts'
import type { Pods } from '../../watch/pods.ts'
import { podNotifier } from './pod-notifier.ts'

export interface WatchedNode {
  pods: Pods
  take(entry: JournalEntry): void
  /** Waits a moment for Events that are under way. */
  flush(): Promise<void>
  stop(): void
}

export interface NodeOptions {
  /** As the API server knows it. */
  name: string
  writesEvents: boolean
  onTrouble(says: string): void
}

const FLUSH_MS = 3_000

/** Begins to follow the pods of this node. A cluster that does not answer is asked again and again. */
export function watchNode(reader: Reader, options: NodeOptions): WatchedNode {
  const { name, writesEvents, onTrouble } = options
  const stop = new AbortController()
  const pods = createPods(name)
  void followNodePods(reader, {
    node: name,
    signal: stop.signal,
    onPod: (pod) => pods.take(pod, reader.now()),
    onTrouble: (why) =>
      onTrouble(
        why === null
          ? `the pods of ${name} are known again`
          : `the pods of ${name} are not known by name: ${why}`,
      ),
  })
  const events = createPodEvents({
    api: () => kubernetesApi(reader),
    onTrouble: (why) =>
      onTrouble(
        why === null ? 'Events are written again' : `an Event could not be written: ${why}`,
      ),
  })
  const notifier = podNotifier({ pods, node: name, events, now: reader.now })
  return {
    pods,
    take: (entry) => {
      if (writesEvents) notifier.take(entry)
    },
    flush: () => events.flush(FLUSH_MS),
    stop() {
      stop.abort()
      events.stop()
    },
  }
}
