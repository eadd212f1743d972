/** What Kubernetes, Mesos and Marathon say about what they run. */
import type { Instant } from './time.ts'

/** One container inside a pod object, at one of its states. */
export interface PodContainer {
  name: string
  /** init, main, ephemeral, sidecar (a restartable init container). */
  role: 'init' | 'main' | 'ephemeral' | 'sidecar'
  /** Without the `docker://` or `containerd://` prefix. */
  containerId: string | null
  image: string | null
  memoryRequestBytes: number | null
  memoryLimitBytes: number | null
  command: readonly string[]
  env: readonly string[]
  restartCount: number | null
  ready: boolean | null
  state: PodContainerState | null
  lastState: PodContainerState | null
}

export interface PodContainerState {
  phase: 'waiting' | 'running' | 'terminated'
  reason: string | null
  message: string | null
  exitCode: number | null
  signal: number | null
  startedAt: Instant | null
  finishedAt: Instant | null
  /** The container id of a terminated state, which differs from the current one after a restart. */
  containerId: string | null
}

export interface PodState {
  kind: 'pod-state'
  namespace: string
  name: string
  uid: string | null
  node: string | null
  phase: string | null
  /** `Evicted`, … */
  reason: string | null
  message: string | null
  qosClass: string | null
  restartPolicy: string | null
  /** Sum of the pod-level resources where set (1.34 and newer), else null. */
  podMemoryLimitBytes: number | null
  /** What makes such pods and replaces this one; null: nobody does. Left out where the object was not seen. */
  controller?: PodController | null
  /** When it was made; left out where the object was not seen. */
  createdAt?: Instant
  /** The ControllerRevision that it was made from, or the last word of its name; left out where there is none. */
  madeFrom?: string
  /** What the kubelet says of a resize in place that it has not done; left out where there is none. */
  resize?: { state: 'pending' | 'in-progress'; reason: string | null; message: string | null }
  containers: readonly PodContainer[]
}

/** What a pod belongs to, and the versions it has had: whether the trouble began with a release. */
export interface Workload {
  kind: 'workload'
  namespace: string
  /** The pod that was asked about. */
  pod: string
  /** `Deployment`, `StatefulSet`, `DaemonSet`, `Job`, … */
  ownerKind: string
  owner: string
  /** Newest first; empty where its kind keeps none, or they may not be read. */
  revisions: readonly WorkloadRevision[]
}

export interface WorkloadRevision {
  revision: number
  /** When it was made, or taken again. */
  since: Instant | null
  containers: readonly { name: string; image: string | null; memoryLimitBytes: number | null }[]
  /** Containers of its pods that were OOM-killed last, and how often their kind has been started again. */
  oomKilled: number
  restarts: number
  pods: number
}

/** What makes pods, in one version: a ReplicaSet, the ControllerRevision of a StatefulSet or DaemonSet, a Job. */
export interface WorkloadVersion {
  kind: 'workload-version'
  namespace: string
  /** `ReplicaSet`, `ControllerRevision`, `Job`. */
  objectKind: string
  name: string
  /** What it is a version of, as a Deployment; itself where nobody made it. */
  owner: PodController
  /** Null: its kind counts none. */
  revision: number | null
  /** When it was made; null where it was taken again later, which its pods alone tell. */
  since: Instant | null
  containers: WorkloadRevision['containers']
}

export interface PodController {
  kind: string
  name: string
}

export interface KubernetesEvent {
  kind: 'kubernetes-event'
  reason: string
  message: string
  type: string | null
  namespace: string | null
  objectKind: string | null
  objectName: string | null
  objectUid: string | null
  count: number | null
  /** The container of the pod that it is about, where it is about one. */
  container?: string
  /** When it came first, where it came more than once: equal events are counted, and dated by the last. */
  firstAt?: Instant
  /** Time in the year 1972 and an unknown zone, where a log (klog) carries no more. */
  yearless?: number
}

export interface NodeState {
  kind: 'node-state'
  name: string
  capacityMemoryBytes: number | null
  allocatableMemoryBytes: number | null
  /** Since Kubernetes 1.34. */
  swapCapacityBytes: number | null
  memoryPressure: boolean | null
  kernelVersion: string | null
  containerRuntime: string | null
}

/** A line of Mesos or Marathon about a task and its memory. */
export interface MesosTaskUpdate {
  kind: 'mesos-task'
  taskId: string | null
  /** `/app-oom`, from the task id. */
  app: string | null
  state: string | null
  reason: string | null
  /** The limit Mesos enforced: the app's `mem` plus the executor's 32 MiB where one is used. */
  requestedBytes: number | null
  maxUsedBytes: number | null
  containerId: string | null
  host: string | null
  /** The line says that memory was the reason. */
  memoryLimitExceeded: boolean
  /** When its main process began to run, where the source tells both ends of a task. */
  startedAt: Instant | null
  /** What the executor saw of the main process's end. */
  exitCode: number | null
  signal: number | null
}

/** A Marathon app or task object. */
export interface MarathonApp {
  kind: 'marathon-app'
  app: string
  memoryBytes: number | null
  instances: number | null
  command: readonly string[]
  /** `NAME=value` of the variables that stand in the definition; those of secrets are not among them. */
  env: readonly string[]
  image: string | null
  containerizer: 'docker' | 'mesos' | null
  /** What stands inside the limit beside the app: its executor's share; 0 where the executor runs outside of the container. */
  executorBytes: number | null
  /** Where `resourceLimits.mem` is the limit, and `mem` only what is reserved; null: `mem` is the limit, too. */
  burst: { bytes: number } | 'unlimited' | null
  cpus: number | null
  /** How long Marathon waits before it launches a task again that failed. */
  backoff: { seconds: number; factor: number; mostSeconds: number } | null
  lastTaskFailure: {
    taskId: string | null
    host: string | null
    message: string | null
    at: Instant | null
  } | null
}

/** An app that waits in Marathon's launch queue. */
export interface MarathonLaunch {
  kind: 'marathon-launch'
  app: string
  /** Instances that are still to be launched. */
  count: number | null
  /** Until the next launch is tried. */
  delaySeconds: number | null
  /** It waits for an offer that fits, and no more for the end of its delay. */
  overdue: boolean | null
}
