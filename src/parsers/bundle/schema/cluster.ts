import * as z from 'zod/mini'
import { flag, flagOrNull, number, numberOrNull, text, textOrNull, texts } from './common.ts'

const containerState = z.nullable(
  z.object({
    phase: z.enum(['waiting', 'running', 'terminated']),
    reason: textOrNull,
    message: textOrNull,
    exitCode: numberOrNull,
    signal: numberOrNull,
    startedAt: numberOrNull,
    finishedAt: numberOrNull,
    containerId: textOrNull,
  }),
)

export const clusterFacts = [
  z.object({
    kind: z.literal('pod-state'),
    namespace: text,
    name: text,
    uid: textOrNull,
    node: textOrNull,
    phase: textOrNull,
    reason: textOrNull,
    message: textOrNull,
    qosClass: textOrNull,
    restartPolicy: textOrNull,
    podMemoryLimitBytes: numberOrNull,
    controller: z.exactOptional(z.nullable(z.object({ kind: text, name: text }))),
    resize: z.exactOptional(
      z.object({
        state: z.enum(['pending', 'in-progress']),
        reason: textOrNull,
        message: textOrNull,
      }),
    ),
    containers: z.array(
      z.object({
        name: text,
        role: z.enum(['init', 'main', 'ephemeral', 'sidecar']),
        containerId: textOrNull,
        image: textOrNull,
        memoryRequestBytes: numberOrNull,
        memoryLimitBytes: numberOrNull,
        command: texts,
        env: texts,
        restartCount: numberOrNull,
        ready: flagOrNull,
        state: containerState,
        lastState: containerState,
      }),
    ),
  }),
  z.object({
    kind: z.literal('workload'),
    namespace: text,
    pod: text,
    ownerKind: text,
    owner: text,
    revisions: z.array(
      z.object({
        revision: number,
        since: numberOrNull,
        containers: z.array(
          z.object({ name: text, image: textOrNull, memoryLimitBytes: numberOrNull }),
        ),
        oomKilled: number,
        restarts: number,
        pods: number,
      }),
    ),
  }),
  z.object({
    kind: z.literal('kubernetes-event'),
    reason: text,
    message: text,
    type: textOrNull,
    namespace: textOrNull,
    objectKind: textOrNull,
    objectName: textOrNull,
    objectUid: textOrNull,
    count: numberOrNull,
    yearless: z.exactOptional(number),
  }),
  z.object({
    kind: z.literal('node-state'),
    name: text,
    capacityMemoryBytes: numberOrNull,
    allocatableMemoryBytes: numberOrNull,
    memoryPressure: flagOrNull,
    kernelVersion: textOrNull,
    containerRuntime: textOrNull,
  }),
  z.object({
    kind: z.literal('mesos-task'),
    taskId: textOrNull,
    app: textOrNull,
    state: textOrNull,
    reason: textOrNull,
    requestedBytes: numberOrNull,
    maxUsedBytes: numberOrNull,
    containerId: textOrNull,
    host: textOrNull,
    memoryLimitExceeded: flag,
  }),
  z.object({
    kind: z.literal('marathon-app'),
    app: text,
    memoryBytes: numberOrNull,
    instances: numberOrNull,
    command: texts,
    image: textOrNull,
    containerizer: z.nullable(z.enum(['docker', 'mesos'])),
    lastTaskFailure: z.nullable(
      z.object({
        taskId: textOrNull,
        host: textOrNull,
        message: textOrNull,
        at: numberOrNull,
      }),
    ),
  }),
] as const
