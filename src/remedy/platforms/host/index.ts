import { usageError } from '../../../model/errors.ts'
import type { ChangePlan } from '../../../model/fix.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { carryOutGroup, planGroup, takeBackGroup } from './group.ts'
import { readStep } from './step.ts'
import {
  carryOutBootFile,
  carryOutSysctl,
  planSysctls,
  takeBackBootFile,
  takeBackSysctl,
} from './sysctl.ts'

/** The machine itself: kernel settings, and limits of groups that no engine owns. */
export const host: Driver = {
  platform: 'host',
  handles: (target, change) =>
    (target.kind === 'host' && change.kind === 'sysctl') ||
    (target.kind === 'cgroup' && change.kind === 'limit'),
  plan: async (request, hands) => plan(request, hands),
  async carryOut(step, { reader }) {
    const data = readStep(step)
    if (data.kind === 'sysctl') carryOutSysctl(data, reader)
    else if (data.kind === 'boot-file') carryOutBootFile(data, reader)
    else carryOutGroup(data, reader)
    return {}
  },
  async takeBack(step, { reader }, { force }) {
    const data = readStep(step)
    if (data.kind === 'sysctl') takeBackSysctl(data, reader, force)
    else if (data.kind === 'boot-file') takeBackBootFile(data, reader, force)
    else takeBackGroup(data, reader, force)
  },
}

function plan({ target, change }: PlanRequest, { reader }: Hands): ChangePlan {
  if (target.kind === 'cgroup' && change.kind === 'limit') {
    return planGroup({ ...change, path: target.path }, reader)
  }
  if (target.kind === 'host' && change.kind === 'sysctl') return planSysctls(change.set, reader)
  throw usageError('the machine has settings, and its groups have limits', null, 'name one of them')
}
