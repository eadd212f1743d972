import { unreachableError, usageError } from '../../../model/errors.ts'
import type { Change, ChangePlan, FieldChange, JsonObject } from '../../../model/fix.ts'
import { textField } from '../../../parsers/json-fields.ts'
import { stringsAt } from '../../../parsers/json.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { environmentChanges } from '../docker/environment.ts'
import { died, inspected } from '../docker/inspected.ts'
import type { Inspected } from '../docker/inspected.ts'
import { jsonAt } from '../docker/json.ts'
import { memoryChanges, memoryFor, nothingToChange, refuseTooSmall } from '../docker/memory.ts'
import { movesOver } from '../docker/moves.ts'
import { replacementSteps } from '../docker/replacement.ts'
import { hostBytes, limitWarnings, recreationTitle } from '../docker/words.ts'
import { podmanApi } from './api.ts'
import { parseRunCommand } from './command-line.ts'
import type { RunCommand } from './command-line.ts'
import { likeContainer } from './new-container.ts'

/**
 * Containers of Podman. They are always made anew: `podman update` of 4.3 changes the group of a running container alone,
 * and the next start has the old limit again.
 */
export const podman: Driver = {
  platform: 'podman',
  handles: (target, change) =>
    target.kind === 'container' && target.engine === 'podman' && change.kind !== 'sysctl',
  plan,
  ...movesOver(podmanApi),
}

async function plan({ target, change }: PlanRequest, { reader }: Hands): Promise<ChangePlan> {
  if (target.kind !== 'container') {
    throw usageError(`a ${target.kind} is no container`, null, 'name one as podman:NAME')
  }
  const api = podmanApi(reader)
  const object = await api.inspect(target.name)
  if (object === null) {
    throw unreachableError(`there is no container ${target.name}`, null, 'see podman ps --all')
  }
  const found = inspected(object)
  if (change.kind === 'limit') refuseTooSmall(change.limitBytes)
  const changes = changesOf(object, found, change)
  if (changes.length === 0) throw nothingToChange(found)
  const made = commandOf(object, found)
  const stands = await api.imageId(made.image)
  const image = stands === found.imageId ? made.image : (found.imageId ?? made.image)
  const policy = textField(object, 'HostConfig', 'RestartPolicy', 'Name') ?? 'no'
  return {
    platform: 'podman',
    target: { ...target, name: found.name },
    method: 'recreate',
    title: recreationTitle(found, change),
    risk: 'medium',
    warnings: [
      ...(change.kind === 'limit'
        ? limitWarnings(found, change.limitBytes, hostBytes(reader))
        : []),
      ...warnings(found, policy),
    ],
    changes,
    diff: '',
    steps: replacementSteps('podman', {
      where: api.where,
      found,
      body: likeContainer(object, { found, made, image }, change),
      networks: [],
      policy: null,
      limitBytes: change.kind === 'limit' ? change.limitBytes : found.memory.Memory,
      at: reader.now(),
    }),
    workload: { image: found.image, imageId: found.imageId, command: found.command },
  }
}

function changesOf(object: JsonObject, found: Inspected, change: Change): FieldChange[] {
  if (change.kind === 'limit') {
    return memoryChanges(found.memory, memoryFor(found.memory, change.limitBytes))
  }
  if (change.kind !== 'environment') return []
  return environmentChanges(stringsAt(jsonAt(object, 'Config'), 'Env'), change.set)
}

function warnings(found: Inspected, policy: string): string[] {
  return [
    ...(found.running
      ? [`${found.name} is down between its stop and the start of the new one.`]
      : []),
    'Files that it wrote outside of its volumes, and its log, stay with the old container. It is kept for the undo: remove it with podman rm once the fix has proved itself.',
    ...(policy === 'always' || policy === 'unless-stopped'
      ? [
          `The old one keeps its restart policy ${policy}: remove it before the machine restarts, where podman-restart.service is on.`,
        ]
      : []),
    ...(!found.running && !died(found)
      ? [`${found.name} does not run (${found.status}): the new one is not started.`]
      : []),
  ]
}

/** The command that it was made with says everything; what was made without one cannot be made again. */
function commandOf(object: JsonObject, found: Inspected): RunCommand {
  const { name, labels, autoRemove, status } = found
  const unit = labels['PODMAN_SYSTEMD_UNIT']
  if (unit !== undefined) {
    throw usageError(
      `${name} is made by the systemd unit ${unit}, which would make it anew as before`,
      null,
      'change its unit or its .container file',
    )
  }
  if (autoRemove) {
    throw usageError(
      `${name} was started with --rm: stopping it would delete the only copy, and nothing could be taken back`,
      null,
      'start it anew by hand with another --memory',
    )
  }
  if (status === 'paused') {
    throw usageError(`${name} is paused`, null, `run podman unpause ${name} first`)
  }
  const made = parseRunCommand(stringsAt(jsonAt(object, 'Config'), 'CreateCommand'))
  if (made !== null && isImageOf(object, made.image)) return made
  throw usageError(
    `Podman does not know the command that ${name} was made with, as of pods from YAML and of its API`,
    null,
    'change it where it is described, and make it anew from there',
  )
}

function isImageOf(object: JsonObject, image: string): boolean {
  const name = textField(object, 'ImageName') ?? ''
  const bare = image.replace(/^docker:\/\//, '')
  const id = textField(object, 'Image') ?? ''
  return (
    [bare, `${bare}:latest`].some((one) => name === one || name.endsWith(`/${one}`)) ||
    (/^[\da-f]{6,64}$/.test(bare) && id.startsWith(bare))
  )
}
