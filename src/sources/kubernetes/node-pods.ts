import { setTimeout as pause } from 'node:timers/promises'
import { StellaError } from '../../model/errors.ts'
import type { Reader } from '../reader.ts'
import { followChanges } from './follow.ts'
import { kubernetesApi } from './index.ts'
import { listPages } from './pages.ts'
import { ApiProblem, asStellaError } from './problem.ts'

export interface NodePodsOptions {
  /** Name of the node, as the API server knows it. */
  node: string
  signal: AbortSignal
  /** A pod of the node as it is now, or as it was last. */
  onPod(pod: Record<string, unknown>): void
  /** Told once for each change; null: they are known again. */
  onTrouble(why: string | null): void
  pausesMs?: readonly number[]
}

/** A kubelet runs 110 of them, unless told otherwise. */
const MAX_PODS = 2_000
/** Before it is asked again; the last one is repeated. */
const PAUSES_MS = [1_000, 5_000, 15_000, 60_000]

/** The pods of a node: all that are there, and each that changes, until the signal. Goes on through whatever is away. */
export async function followNodePods(reader: Reader, options: NodePodsOptions): Promise<void> {
  const { node, signal, onPod, onTrouble, pausesMs = PAUSES_MS } = options
  const list = { path: '/api/v1/pods', query: { fieldSelector: `spec.nodeName=${node}` }, signal }
  let trouble: string | null = null
  let failures = 0

  const tell = (why: string | null): void => {
    if (why !== trouble) onTrouble(why)
    trouble = why
  }

  while (!signal.aborted) {
    try {
      const api = await kubernetesApi(reader)
      let resourceVersion = ''
      for await (const page of listPages(api, list, MAX_PODS)) {
        for (const pod of page.items) onPod(pod)
        resourceVersion = page.resourceVersion
      }
      failures = 0
      tell(null)
      for await (const { object } of followChanges(api, list, resourceVersion)) onPod(object)
    } catch (error) {
      if (signal.aborted) return
      // The server's history begins later: the list tells what was missed.
      if (!(error instanceof ApiProblem && error.kind === 'gone')) tell(wordsOf(error))
    }
    const wait = pausesMs[Math.min(failures++, pausesMs.length - 1)] ?? 0
    await pause(wait, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof ApiProblem) return asStellaError(error, 'the API server').message
  if (error instanceof StellaError) return error.message
  throw error
}
