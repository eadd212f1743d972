/** Sizes and commands for changing a limit. */
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import { MIB } from '../model/bytes.ts'
import type { Judgement } from '../verdict/engine.ts'
import type { Incident } from '../verdict/incident.ts'
import { groupAt, ownLimitBytes } from '../verdict/reading.ts'
import { command, type Command } from './remedy-rule.ts'
import { quote } from './shell.ts'

const STEP_BYTES = 16 * MIB

/**
 * At a kill the demand is not known, only that it was above the limit: usage stops there. So the first step is twice the
 * limit, to be corrected by what the next run really uses.
 */
export function nextLimitBytes(incident: Incident, judgement: Judgement): number | null {
  const limit = judgement.binding.limitBytes ?? ownLimitBytes(incident)
  if (limit === null) return null
  const swapped = judgement.victims.reduce((sum, victim) => sum + (victim.swapBytes ?? 0), 0)
  return Math.ceil((2 * limit + swapped) / STEP_BYTES) * STEP_BYTES
}

/** Commands that give the subject itself another limit. */
export function setLimitCommands(incident: Incident, bytes: number): readonly Command[] {
  const mib = Math.round(bytes / MIB)
  const { subject } = incident
  const name = quote(subject.name ?? subject.id ?? 'NAME')
  switch (subject.platform) {
    case 'docker':
      return [
        command('docker', `docker update --memory ${mib}m --memory-swap ${2 * mib}m ${name}`),
        command('compose', `services: { ${composeName(subject.name)}: { mem_limit: ${mib}m } }`),
      ]
    case 'podman':
      return [
        command('podman', `podman update --memory ${mib}m --memory-swap ${2 * mib}m ${name}`),
        command('compose', `services: { ${composeName(subject.name)}: { mem_limit: ${mib}m } }`),
      ]
    case 'kubernetes':
      return kubernetesCommands(subject.name, mib)
    case 'marathon':
      return [command('marathon', `dcos marathon app update ${name} mem=${mib}`)]
    default:
      return groupCommands(incident, incident.path, bytes)
  }
}

/** Commands that give a group another limit: through systemd where it owns the group, else its file. */
export function groupCommands(
  incident: Incident,
  path: string | null,
  bytes: number,
): readonly Command[] {
  if (path === null || path === '/') return []
  const unit = path.split('/').at(-1) ?? ''
  const mib = Math.round(bytes / MIB)
  const systemd = /\.(service|slice|scope)$/.test(unit)
  const { podUid } = describeCgroupPath(path)
  if (podUid !== null) return []
  const version = groupAt(incident, path)?.fact.version ?? incident.groups.own?.fact.version ?? 2
  const file =
    version === 1
      ? `/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`
      : `/sys/fs/cgroup${path}/memory.max`
  return [
    ...(systemd
      ? [command('systemd', `systemctl set-property ${quote(unit)} MemoryMax=${mib}M`)]
      : []),
    command('host', `echo ${bytes} > ${quote(file)}`),
  ]
}

function kubernetesCommands(name: string | null, mib: number): readonly Command[] {
  const [namespace = 'default', pod = 'POD', container = 'CONTAINER'] = name?.split('/') ?? []
  const patch = JSON.stringify({
    spec: { containers: [{ name: container, resources: { limits: { memory: `${mib}Mi` } } }] },
  })
  return [
    command(
      'kubernetes',
      `kubectl -n ${quote(namespace)} patch pod ${quote(pod)} --subresource resize --patch ${quote(patch)}`,
    ),
    command(
      'kubernetes',
      `kubectl -n ${quote(namespace)} set resources deployment DEPLOYMENT -c ${quote(container)} --limits=memory=${mib}Mi`,
    ),
  ]
}

function composeName(name: string | null): string {
  return name !== null && /^[A-Za-z0-9_.-]+$/.test(name) ? name : 'SERVICE'
}
