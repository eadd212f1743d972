/** Who the evidence speaks of: containers, pod containers, tasks, groups, processes, the machine. */
import { describeCgroupPath, type CgroupIdentity } from '../evidence/cgroup-path.ts'
import type { Observation } from '../model/evidence.ts'
import type { KubernetesEvent, PodContainer, PodState } from '../model/cluster.ts'
import type { ContainerEvent, ContainerState } from '../model/facts.ts'
import type { Platform, Subject, Target } from '../model/subject.ts'

/** Everything known about one subject before it is cut into incidents. */
export interface SubjectRecord {
  subject: Subject
  containerIds: Set<string>
  /** `docker:k8s_app_…`: what its engine calls it, which is not always the subject's name. */
  engineNames: Set<string>
  podUid: string | null
  /** Its own group in the memory hierarchy, once any source told it. */
  path: string | null
  states: Observation<ContainerState>[]
  events: Observation<ContainerEvent>[]
  pod: Observation<PodState> | null
  podContainer: PodContainer | null
  /** The sandbox ("pause") container of a pod: no subject of its own. */
  infrastructure: boolean
}

/** The machine itself. */
export const HOST: Subject = { platform: 'host', name: null, id: null, image: null }

/** Finds or makes the record of each subject; sources are fed in order of how well they name it. */
export class SubjectRegister {
  readonly #records: SubjectRecord[] = []
  readonly #byPath = new Map<string, SubjectRecord>()
  readonly #byId = new Map<string, SubjectRecord>()
  readonly #bySubject = new Map<string, SubjectRecord>()
  readonly #podNames = new Map<string, string>()
  /** Text forms of events and listings shorten ids; only then a prefix has to be looked for. */
  #hasShortIds = false

  get records(): readonly SubjectRecord[] {
    return this.#records
  }

  addPod(pod: Observation<PodState>): void {
    const { namespace, name, uid, containers } = pod.fact
    for (const container of containers) {
      const known = this.#records.find(
        (record) => record.podContainer?.name === container.name && samePod(record.pod, pod),
      )
      const record =
        known ??
        this.#add({
          platform: 'kubernetes',
          name: `${namespace}/${name}/${container.name}`,
          id: container.containerId,
          image: container.image,
        })
      record.pod = pod
      record.podContainer = container
      record.podUid = uid
      for (const id of idsOf(container)) this.#own(record, id)
    }
  }

  /**
   * The name of a pod that is gone: groups and kernel know its uid alone. It is a subject by itself only where somebody asks
   * for it, for events tell of every pod of a namespace.
   */
  addPodEvent(event: KubernetesEvent, target: Target | null): void {
    const { objectKind, objectName, objectUid, namespace } = event
    if (objectKind !== 'Pod' || objectName === null || objectUid === null) return
    const name = `${namespace ?? 'default'}/${objectName}`
    this.#podNames.set(objectUid, name)
    if (target?.kind !== 'pod' || name !== `${target.namespace}/${target.pod}`) return
    if (this.#records.some(({ podUid }) => podUid === objectUid)) return
    const record = this.#add({ platform: 'kubernetes', name, id: objectUid, image: null })
    record.podUid = objectUid
  }

  addState(state: Observation<ContainerState>): void {
    const { image, labels } = state.fact
    const record = this.#ofContainer(state.fact, labels)
    record.states.push(state)
    if (record.podUid === null) record.subject = { ...record.subject, image }
  }

  addEvent(event: Observation<ContainerEvent>): void {
    this.#ofContainer(event.fact, {}).events.push(event)
  }

  #ofContainer(
    container: Pick<ContainerState, 'engine' | 'id' | 'name' | 'image'>,
    labels: Readonly<Record<string, string>>,
  ): SubjectRecord {
    const { engine, id, name, image } = container
    const inPod = podNames(name, labels)
    const record =
      this.byContainerId(id) ??
      (inPod === null ? null : this.#inPod(inPod, id, image)) ??
      this.#add({ platform: engine, name, id, image })
    this.#own(record, id)
    if (name !== null) record.engineNames.add(`${engine}:${name}`)
    if (record.subject.name === null) record.subject = { ...record.subject, name }
    if (inPod?.container === 'POD') record.infrastructure = true
    return record
  }

  /** The record of the subject that lives at a cgroup path. */
  atPath(path: string): SubjectRecord {
    const identity = describeCgroupPath(path)
    for (const container of identity.containers) {
      const known = this.byContainerId(container.id)
      if (known !== null) {
        if (known.path === null) this.placeAt(known, container.path)
        return known
      }
    }
    const sandbox = identity.containerId === null ? this.#onlyOfPod(identity.podUid) : null
    if (sandbox !== null) {
      if (sandbox.path === null) this.placeAt(sandbox, identity.path)
      return sandbox
    }
    const earlier = this.#earlierLifeOf(identity)
    if (earlier !== null) {
      if (identity.containerId !== null) this.#own(earlier, identity.containerId)
      return earlier
    }
    const exact = this.#byPath.get(identity.path)
    if (exact !== undefined) return exact
    const podName = identity.podUid === null ? undefined : this.#podNames.get(identity.podUid)
    const subject = subjectAt(identity)
    const record = this.#add(podName === undefined ? subject : { ...subject, name: podName })
    this.placeAt(record, identity.containerPath ?? identity.path)
    record.podUid = identity.podUid
    if (identity.containerId !== null) this.#own(record, identity.containerId)
    return record
  }

  /** Says where in the memory hierarchy a subject lives. */
  placeAt(record: SubjectRecord, path: string): void {
    record.path = path
    if (!this.#byPath.has(path)) this.#byPath.set(path, record)
  }

  byContainerId(id: string): SubjectRecord | null {
    const exact = this.#byId.get(id)
    if (exact !== undefined) return exact
    if (!this.#hasShortIds && id.length >= FULL_ID) return null
    for (const [known, record] of this.#byId) {
      if (known.startsWith(id) || id.startsWith(known)) return record
    }
    return null
  }

  add(subject: Subject): SubjectRecord {
    return this.#bySubject.get(keyOf(subject)) ?? this.#add(subject)
  }

  #own(record: SubjectRecord, id: string): void {
    record.containerIds.add(id)
    if (!this.#byId.has(id)) this.#byId.set(id, record)
    if (id.length < FULL_ID) this.#hasShortIds = true
  }

  /** A sandbox (gVisor) runs in the pod's own group: with one container in the pod it can only be that one. */
  #onlyOfPod(uid: string | null): SubjectRecord | null {
    if (uid === null) return null
    const [first, ...others] = this.#records.filter(
      (record) => record.podUid === uid && record.podContainer !== null,
    )
    return others.length === 0 ? (first ?? null) : null
  }

  /**
   * Each start of a container in a pod has an id of its own, and the pod knows the last two alone. An id that it does not know
   * is an earlier start of the only one it has, or of the only one that was started again.
   */
  #earlierLifeOf({ podUid, containerId }: CgroupIdentity): SubjectRecord | null {
    if (podUid === null || containerId === null) return null
    const inPod = this.#records.filter((record) => record.podUid === podUid)
    const restarted = inPod.filter(({ podContainer }) => (podContainer?.restartCount ?? 0) > 0)
    const [only, ...others] = inPod.length === 1 ? inPod : restarted
    return only === undefined || others.length > 0 ? null : only
  }

  #inPod(inPod: PodNames, id: string, image: string | null): SubjectRecord {
    const known = this.#records.find(
      (record) => record.podUid === inPod.uid && record.podContainer?.name === inPod.container,
    )
    if (known !== undefined) return known
    const name = `${inPod.namespace}/${inPod.pod}/${inPod.container}`
    const before = this.#records.find(
      (record) => record.subject.name === name && record.podUid === inPod.uid,
    )
    if (before !== undefined) return before
    const record = this.#add({ platform: 'kubernetes', name, id, image })
    record.podUid = inPod.uid
    return record
  }

  #add(subject: Subject): SubjectRecord {
    const record: SubjectRecord = {
      subject,
      containerIds: new Set(),
      engineNames: new Set(),
      podUid: null,
      path: null,
      states: [],
      events: [],
      pod: null,
      podContainer: null,
      infrastructure: false,
    }
    this.#records.push(record)
    if (!this.#bySubject.has(keyOf(subject))) this.#bySubject.set(keyOf(subject), record)
    return record
  }
}

/** Hexadecimal digits of a whole container id. */
const FULL_ID = 64

function keyOf({ platform, name, id }: Subject): string {
  return JSON.stringify([platform, name, id])
}

interface PodNames {
  container: string
  pod: string
  namespace: string
  uid: string
}

/** From CRI labels, or from the name that dockershim and cri-dockerd build: k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT. */
function podNames(name: string | null, labels: Readonly<Record<string, string>>): PodNames | null {
  const uid = labels['io.kubernetes.pod.uid']
  const pod = labels['io.kubernetes.pod.name']
  if (uid !== undefined && pod !== undefined) {
    return {
      container: labels['io.kubernetes.container.name'] ?? 'POD',
      pod,
      namespace: labels['io.kubernetes.pod.namespace'] ?? 'default',
      uid,
    }
  }
  const parts = name?.split('_') ?? []
  const [prefix, container, podName, namespace, podUid] = parts
  if (prefix !== 'k8s' || container === undefined || podName === undefined) return null
  if (namespace === undefined || podUid === undefined) return null
  return { container, pod: podName, namespace, uid: podUid }
}

function samePod(known: Observation<PodState> | null, pod: Observation<PodState>): boolean {
  if (known === null) return false
  if (known.fact.uid !== null && pod.fact.uid !== null) return known.fact.uid === pod.fact.uid
  return known.fact.namespace === pod.fact.namespace && known.fact.name === pod.fact.name
}

function idsOf(container: PodContainer): readonly string[] {
  return [
    container.containerId,
    container.state?.containerId,
    container.lastState?.containerId,
  ].flatMap((id) => (id === null || id === undefined ? [] : [id]))
}

/** Who lives at a path, as far as its name tells. */
export function subjectAt(identity: CgroupIdentity): Subject {
  const platform = platformAt(identity)
  const name = platform === 'cgroup' ? identity.path : null
  return { platform, name, id: identity.containerId ?? identity.path, image: null }
}

function platformAt(identity: CgroupIdentity): Platform {
  if (identity.podUid !== null && identity.containerId !== null) return 'kubernetes'
  if (identity.containerId === null) return 'cgroup'
  if (identity.engine === 'podman') return 'podman'
  if (identity.engine === 'docker') return 'docker'
  // `/docker/<id>` is Docker's cgroupfs layout even where a bare id could be containerd's.
  return /(^|\/)docker\//.test(identity.path) ? 'docker' : 'cgroup'
}
