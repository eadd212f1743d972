import { EXIT, StellaError, usageError } from '../../../model/errors.ts'
import { formatBytes } from '../../../model/bytes.ts'
import type { ChangePlan, FixTarget, JsonObject } from '../../../model/fix.ts'
import { stringsAt } from '../../../parsers/json.ts'
import type { Reader } from '../../../sources/reader.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { dockerAt, findContainer } from './api.ts'
import type { ContainerApi } from './api.ts'
import { environmentChanges } from './environment.ts'
import { groupOf } from './group.ts'
import { inPlaceSteps } from './in-place.ts'
import { died, inspected } from './inspected.ts'
import type { Inspected } from './inspected.ts'
import {
  memoryChanges,
  memoryFor,
  nothingToChange,
  refuseBelowUsage,
  refuseTooSmall,
} from './memory.ts'
import { movesOver } from './moves.ts'
import { recreation } from './recreate.ts'
import { composeWarning, hostBytes, limitWarnings, recreationTitle } from './words.ts'

/** Containers of Docker, over its API. */
export const docker: Driver = {
  platform: 'docker',
  handles: (target, change) =>
    target.kind === 'container' && target.engine === 'docker' && change.kind !== 'sysctl',
  plan,
  ...movesOver(dockerAt),
}

async function plan(request: PlanRequest, { reader }: Hands): Promise<ChangePlan> {
  const { target, change } = request
  if (target.kind !== 'container') throw notOurs(target)
  const { api, found: object } = await findContainer(reader, target.name)
  const found = inspected(object)
  refuseManaged(found)
  if (change.kind === 'limit') refuseLimit(reader, api, found, change.limitBytes)
  const common = {
    platform: 'docker',
    target: { ...target, name: found.name },
    diff: '',
    workload: { image: found.image, imageId: found.imageId, command: found.command },
  } as const

  if (change.kind === 'limit' && !request.recreate && found.memory.Memory > 0) {
    const { limitBytes } = change
    return {
      ...common,
      method: 'in-place',
      title: `Set the memory limit of ${found.name} to ${formatBytes(limitBytes)}`,
      risk: limitBytes < found.memory.Memory ? 'medium' : 'low',
      warnings: limitWarnings(found, limitBytes, localBytes(reader, api)),
      changes: memoryChanges(found.memory, memoryFor(found.memory, limitBytes)),
      steps: inPlaceSteps(api.where, found, limitBytes),
    }
  }
  refuseRecreation(found)
  if (change.kind === 'environment' && !changesEnvironment(object, change.set)) {
    throw nothingToChange(found)
  }
  const image = await imageToRun(api, found)
  const made = recreation(api.where, { object, found, image }, change, reader.now())
  return {
    ...common,
    method: 'recreate',
    title: recreationTitle(found, change),
    risk: 'medium',
    warnings: [
      ...(change.kind === 'limit'
        ? limitWarnings(found, change.limitBytes, localBytes(reader, api))
        : composeWarning(found)),
      ...recreationWarnings(found, image),
    ],
    changes: made.changes,
    steps: made.steps,
  }
}

function changesEnvironment(object: JsonObject, set: Readonly<Record<string, string>>): boolean {
  return environmentChanges(stringsAt(object['Config'], 'Env'), set).length > 0
}

function recreationWarnings(found: Inspected, image: string): string[] {
  return [
    ...(found.memory.Memory === 0
      ? [
          'It has no limit now. Docker cannot take a limit away from a container again, so the old one is kept for the undo.',
        ]
      : []),
    ...(found.running
      ? [`${found.name} is down between its stop and the start of the new one.`]
      : []),
    'Files that it wrote outside of its volumes, and its log, stay with the old container. It is kept for the undo: remove it with docker rm once the fix has proved itself.',
    ...(image === found.imageId
      ? [
          `The name ${found.image ?? 'of its image'} stands for another image by now: the one that it was made of is used.`,
        ]
      : []),
    ...(!found.running && !died(found)
      ? [`${found.name} does not run (${found.status}): the new one is not started.`]
      : []),
  ]
}

async function imageToRun(api: ContainerApi, { image, imageId }: Inspected): Promise<string> {
  const stands = image === null ? null : await api.imageId(image)
  if (image !== null && (imageId === null || stands === imageId)) return image
  return imageId ?? image ?? ''
}

function refuseLimit(
  reader: Reader,
  api: ContainerApi,
  found: Inspected,
  limitBytes: number,
): void {
  refuseTooSmall(limitBytes)
  if (found.memory.Memory === limitBytes) throw nothingToChange(found)
  if (found.running && api.where.startsWith('unix:')) {
    refuseBelowUsage(groupOf(reader, found), limitBytes)
  }
}

/** Whoever made it would make it anew as before. */
function refuseManaged({ name, labels, status }: Inspected): void {
  const service = labels['com.docker.swarm.service.name']
  if (service !== undefined) {
    throw usageError(
      `${name} is a task of the Swarm service ${service}, which would replace it`,
      null,
      `change the service: docker service update --limit-memory SIZE ${service}`,
    )
  }
  const pod = labels['io.kubernetes.pod.name']
  if (pod !== undefined) {
    const namespace = labels['io.kubernetes.pod.namespace'] ?? 'default'
    throw usageError(
      `${name} belongs to the pod ${namespace}/${pod}, and the kubelet would replace it`,
      null,
      `change the pod's owner: stella fix k8s:${namespace}/${pod}`,
    )
  }
  if (status === 'dead' || status === 'removing') {
    throw new StellaError({
      exitCode: EXIT.unreachable,
      what: `${name} is being removed`,
      todo: 'start another one',
    })
  }
}

function refuseRecreation({ name, autoRemove, status }: Inspected): void {
  if (autoRemove) {
    throw usageError(
      `${name} was started with --rm: stopping it would delete the only copy, and nothing could be taken back`,
      null,
      'change its limit in place, or start it anew by hand',
    )
  }
  if (status === 'paused') {
    throw usageError(`${name} is paused`, null, `run docker unpause ${name} first`)
  }
}

/** The daemon may be on another machine, whose memory we do not see. */
function localBytes(reader: Reader, { where }: ContainerApi): number | null {
  return where.startsWith('unix:') ? hostBytes(reader) : null
}

function notOurs(target: FixTarget): StellaError {
  return usageError(`a ${target.kind} is no container of Docker`, null, 'name one as docker:NAME')
}
