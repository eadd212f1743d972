import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'
import { collectCgroup } from './collect/cgroup.ts'
import { collectContainer } from './collect/container.ts'
import { Gathering } from './collect/gathering.ts'
import type { CollectOptions } from './collect/gathering.ts'
import { collectHost } from './collect/host.ts'
import { collectMarathon } from './collect/marathon.ts'
import { resolveName } from './collect/name.ts'
import { collectPod } from './collect/pod.ts'
import { collectProcess } from './collect/process.ts'

export type { CollectOptions } from './collect/gathering.ts'

/**
 * Asks the live sources of this machine about a target: the engine, the kernel log, the groups from the subject up to the
 * root, /proc. They are asked at the same time, each with a deadline; what did not answer or may not be read is told in
 * `unknown`, and no reason to fail. A bare name comes back as what it was found to be.
 *
 * @throws StellaError 2 where a name means two things; 3 where the target does not exist or nothing can be read about it
 */
export async function collect(
  target: Target,
  options: Partial<CollectOptions> = {},
): Promise<{ world: World; target: Target }> {
  const gathering = new Gathering(options)
  try {
    const found = target.kind === 'name' ? await resolveName(gathering, target.name) : target
    const world = await collectKnown(gathering, found)
    return { world, target: found }
  } finally {
    gathering.end()
  }
}

/** Who asks for each kind of target: one file in `collect/`, one line here. */
function collectKnown(
  gathering: Gathering,
  target: Exclude<Target, { kind: 'name' }>,
): Promise<World> {
  switch (target.kind) {
    case 'container':
      return collectContainer(gathering, target)
    case 'cgroup':
      return collectCgroup(gathering, target.path)
    case 'process':
      return collectProcess(gathering, target.pid)
    case 'host':
      return collectHost(gathering)
    case 'pod':
      return collectPod(gathering, target)
    case 'marathon':
      return collectMarathon(gathering, target)
  }
}
