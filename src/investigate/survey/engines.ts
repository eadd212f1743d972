import type { MachineDocument } from '../../audit/documents/machine.ts'
import { redactInspected } from '../../evidence/redact.ts'
import type { ContainerState } from '../../model/facts.ts'
import { containerState } from '../../parsers/docker/container-state.ts'
import { jsonObjects, type JsonRecord } from '../../parsers/json.ts'
import { booleanField, listField, textField } from '../../parsers/json-fields.ts'
import type { Engine, EngineAnswer } from '../../sources/docker/engine.ts'
import { engines } from '../../sources/docker/index.ts'
import type { Reader } from '../../sources/reader.ts'
import { isElsewhere } from '../collect/container.ts'
import { keptOf } from './kept.ts'

/** A container that an engine knows. */
export interface KnownContainer {
  /** `docker:web`. */
  name: string
  state: ContainerState
  /** It only keeps the namespaces of a pod: it needs no memory. */
  isSandbox: boolean
  /** The runtime makes a memory group of the very limit: a virtual machine's is larger. */
  isPlain: boolean
  /** What of it is judged, without secrets. */
  kept: JsonRecord
}

export interface EngineSurvey {
  infos: MachineDocument['engines'][number][]
  containers: KnownContainer[]
  /** What could not be asked. */
  unread: string[]
}

const CALL_TIMEOUT_MS = 10_000
/** For all calls together. */
const TIMEOUT_MS = 60_000
const MAX_CONTAINERS = 1_000
/** Containers that are asked for at the same time. */
const AT_ONCE = 8

/** Asks the engines of this machine for all their containers. */
export async function surveyEngines(reader: Reader): Promise<EngineSurvey> {
  const survey: EngineSurvey = { infos: [], containers: [], unread: [] }
  const all = AbortSignal.timeout(TIMEOUT_MS)
  const call: Call = () => AbortSignal.any([all, AbortSignal.timeout(CALL_TIMEOUT_MS)])
  for (const kind of ['docker', 'podman'] as const) {
    const problems: string[] = []
    let answered = false
    for (const engine of engines(reader, kind)) {
      if (isElsewhere(engine.where)) {
        problems.push(`${engine.where} is another machine: run stella there`)
        continue
      }
      const info = await engine.info(call())
      if (info.outcome !== 'answered') {
        problems.push(whyNot(info))
        continue
      }
      answered = true
      survey.infos.push(infoOf(kind, info.text))
      await takeContainers(engine, call, survey)
      // Podman's program and its service share one store.
      if (kind === 'podman') break
    }
    if (!answered) survey.unread.push(`${kind} could not be asked: ${problems.join(', ')}`)
  }
  return survey
}

/** The signal that ends one call. */
type Call = () => AbortSignal

async function takeContainers(engine: Engine, call: Call, survey: EngineSurvey): Promise<void> {
  const list = await engine.listAll(call())
  if (list.outcome !== 'answered') {
    survey.unread.push(`the containers of ${engine.name} are not known: ${whyNot(list)}`)
    return
  }
  const known = new Set(survey.containers.map(({ state }) => state.id))
  const ids = [...jsonObjects(list.text)].flatMap(({ value }) => textField(value, 'Id') ?? [])
  if (list.truncated || ids.length > MAX_CONTAINERS) {
    survey.unread.push(
      `only the first ${Math.min(ids.length, MAX_CONTAINERS)} containers of ${engine.name} were asked for`,
    )
  }
  const wanted = ids.slice(0, MAX_CONTAINERS).filter((id) => !known.has(id))
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE)
    const answers = await Promise.all(some.map((id) => engine.inspect(id, call())))
    for (const answer of answers) takeContainer(engine, answer, survey)
  }
}

function takeContainer({ name: kind }: Engine, answer: EngineAnswer, survey: EngineSurvey): void {
  // One that ended meanwhile is gone.
  if (answer.outcome === 'not-found') return
  if (answer.outcome !== 'answered') {
    survey.unread.push(`a container of ${kind} could not be asked for: ${whyNot(answer)}`)
    return
  }
  for (const { value } of jsonObjects(answer.text)) {
    const state = containerState(value)
    if (state === null) continue
    survey.containers.push({
      name: `${kind}:${state.name ?? state.id.slice(0, 12)}`,
      state,
      isSandbox: isSandbox(value, state),
      isPlain: PLAIN.has(textField(value, 'HostConfig', 'Runtime') ?? ''),
      kept: redactInspected(keptOf(value)),
    })
  }
}

/** Runtimes that give a container the limit that was asked for; `oci` is Podman's name for whichever it uses. */
const PLAIN = new Set(['', 'runc', 'crun', 'oci', 'io.containerd.runc.v2'])

function isSandbox(value: JsonRecord, { image, labels }: ContainerState): boolean {
  if (booleanField(value, 'IsInfra') === true) return true
  if (labels['io.kubernetes.docker.type'] === 'podsandbox') return true
  return /(?:^|\/)(?:podman-)?pause(?:[:@]|$)/.test(image ?? '')
}

/** Docker's API and Podman's speak alike; the program podman does not say what it can limit. */
export function infoOf(kind: string, text: string): MachineDocument['engines'][number] {
  const [first] = jsonObjects(text)
  const info = first?.value ?? {}
  const version = textField(info, 'ServerVersion') ?? textField(info, 'version', 'Version')
  const memoryLimit = booleanField(info, 'MemoryLimit')
  const swapLimit = booleanField(info, 'SwapLimit')
  const warnings = listField(info, MAX_WARNINGS, 'Warnings').filter(
    (warning): warning is string =>
      typeof warning === 'string' && /memory|swap|oom|cgroup/i.test(warning),
  )
  return {
    name: kind,
    ...(version === null ? {} : { version }),
    ...(memoryLimit === null ? {} : { memoryLimit }),
    ...(swapLimit === null ? {} : { swapLimit }),
    ...(warnings.length === 0 ? {} : { warnings }),
  }
}

const MAX_WARNINGS = 50

function whyNot(answer: Exclude<EngineAnswer, { outcome: 'answered' }>): string {
  return answer.outcome === 'not-found' ? 'it does not know the call' : answer.says
}
