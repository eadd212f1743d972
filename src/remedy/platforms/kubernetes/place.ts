import { stringify } from 'yaml'
import { usageError } from '../../../model/errors.ts'
import type { Change, FieldChange } from '../../../model/fix.ts'
import { field, textField } from '../../../parsers/json-fields.ts'
import { unifiedDiff } from '../../text-edit/unified-diff.ts'
import { resourcesWith, within, type ChangeData } from './change.ts'
import { nameOf, type ApiObject, type ObjectName } from './cluster.ts'
import {
  chooseContainer,
  memoryOf,
  sameMemory,
  type ContainerSpec,
  type Memory,
} from './containers.ts'
import { FIELD_MANAGER, holdersOf } from './managers.ts'
import type { Owner } from './owner.ts'
import { wantedMemory } from './wanted.ts'

/** Where the memory of the container is written, and what shall stand there. */
export interface Place {
  name: ObjectName
  object: ApiObject
  template: readonly string[]
  container: ContainerSpec
  before: Memory
  after: Memory
}

/** @throws StellaError where the container is not there, or is not named */
export function placeIn(
  owner: Owner,
  wanted: string | null,
  change: Extract<Change, { kind: 'limit' }>,
): Place {
  const podSpec = field(owner.object, ...owner.template, 'spec')
  const container = chooseContainer(podSpec, nameOf(owner.name), wanted)
  const before = memoryOf(container.spec)
  const after = wantedMemory(podSpec, container, before, change)
  return { ...owner, container, before, after }
}

export function isThere({ before, after }: Place): boolean {
  return sameMemory(before, after)
}

/** @throws StellaError where there is nothing to change */
export function refuseSame(place: Place): void {
  if (!isThere(place)) return
  throw usageError('has this limit already', nameOf(place.name), 'ask for another one')
}

export function changesOf({ before, after }: Place): FieldChange[] {
  const changes = [
    { field: 'resources.limits.memory', before: before.limit, after: after.limit },
    { field: 'resources.requests.memory', before: before.request, after: after.request },
  ]
  return changes.filter((change) => change.before !== change.after)
}

/** Resources alone: variables stay out of it. */
export function diffOf({ name, template, container, before, after }: Place): string {
  const write = (memory: Memory): string => {
    const resources = resourcesWith(container.spec, memory)
    const spec = { spec: { [container.list]: [{ name: container.name, resources }] } }
    return stringify(within(template, spec))
  }
  return unifiedDiff(`${name.kind}/${name.name}`, write(before), write(after))
}

export function changeData(place: Place, force: boolean): ChangeData {
  const { name, object, template, container, before, after } = place
  const where = { template, list: container.list, container: container.name }
  const held = holdersOf(object, where, before.limit === null ? 'requests' : 'limits')
  const others = held.filter(({ manager }) => manager !== FIELD_MANAGER)
  return {
    kind: 'change',
    object: { ...name },
    uid: textField(object, 'metadata', 'uid') ?? '',
    template: [...template],
    list: container.list,
    container: container.name,
    before,
    after,
    heldBy: others.find(({ operation }) => operation === 'Update') ?? others[0] ?? null,
    force,
  }
}
