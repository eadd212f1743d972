/** Sizes and commands for changing a limit. */
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import { MIB } from '../model/bytes.ts'
import { firstStepBytes } from './first-step.ts'
import type { OomReport } from '../model/kernel.ts'
import type { Judgement } from '../verdict/engine.ts'
import { reportOf, type Incident } from '../verdict/incident.ts'
import { groupAt, ownLimitBytes, samePath } from '../verdict/reading.ts'
import { podInCommands } from './pod-in-commands.ts'
import { command, type Command } from './remedy-rule.ts'
import { quote } from './shell.ts'
import { EXECUTOR_OVERHEAD_BYTES } from '../verdict/mesos-limits.ts'
import { composeSwap, totalWithSwap } from './swap.ts'

const STEP_BYTES = 16 * MIB

/**
 * At a kill the demand is not known, only that it was above the limit: usage stops there. A limit that was lowered has the usage
 * from before it.
 */
export function nextLimitBytes(incident: Incident, judgement: Judgement): number | null {
  const limit = judgement.binding.limitBytes ?? ownLimitBytes(incident)
  if (limit === null) return null
  const swapped = judgement.victims.reduce((sum, victim) => sum + (victim.swapBytes ?? 0), 0)
  return inSteps(Math.max(firstStepBytes(limit), judgement.binding.usageBytes ?? 0) + swapped)
}

/** The next size that is easy to read. */
export function inSteps(bytes: number): number {
  return Math.ceil(bytes / STEP_BYTES) * STEP_BYTES
}

/** Commands that give the subject itself another limit. */
export function setLimitCommands(incident: Incident, bytes: number): readonly Command[] {
  const mib = inMib(bytes)
  const { subject } = incident
  const name = quote(subject.name ?? subject.id ?? 'NAME')
  switch (subject.platform) {
    case 'docker':
    case 'podman': {
      const total = totalWithSwap(incident, bytes)
      const swap = total === null ? '-1' : `${inMib(total)}m`
      const service = composeName(subject.name)
      const compose = `mem_limit: ${mib}m${composeSwap(bytes, total)}`
      return [
        command(
          subject.platform,
          `${subject.platform} update --memory ${mib}m --memory-swap ${swap} ${name}`,
        ),
        command('compose', `services: { ${service}: { ${compose} } }`),
      ]
    }
    case 'kubernetes':
      return kubernetesCommands(incident, mib)
    case 'marathon': {
      // Without an app's name it is known by its task alone, which cannot be updated.
      const app = subject.name?.startsWith('/') === true ? name : 'APP'
      // Mesos enforces the app's mem plus its executor's, which stands outside of a Docker container.
      const executor = incident.marathon?.fact.executorBytes ?? EXECUTOR_OVERHEAD_BYTES
      const mem = Math.max(1, mib - inMib(executor))
      return [command('marathon', `dcos marathon app update ${app} mem=${mem}`)]
    }
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
  const systemd = /\.(service|slice|scope)$/.test(unit)
  const { podUid } = describeCgroupPath(path)
  if (podUid !== null) return []
  return [
    ...(systemd
      ? [command('systemd', `systemctl set-property ${quote(unit)} MemoryMax=${inMib(bytes)}M`)]
      : []),
    ...(versionAt(incident, path) === 1
      ? versionOneCommands(incident, path, bytes)
      : [command('host', write(bytes, `/sys/fs/cgroup${path}/memory.max`))]),
  ]
}

/** The limit of memory and swap together has to go up first: the kernel refuses a memory limit above it. */
function versionOneCommands(incident: Incident, path: string, bytes: number): readonly Command[] {
  const folder = `/sys/fs/cgroup/memory${path}`
  const group = groupAt(incident, path)?.fact ?? null
  const report = reportAt(incident, path)
  const limit = group?.limitBytes ?? report?.memory?.limitBytes ?? null
  const total = group?.swapLimitBytes ?? report?.memorySwap?.limitBytes ?? null
  const newTotal = total === null ? null : bytes + Math.max(0, total - (limit ?? total))
  return [
    ...(newTotal === null
      ? []
      : [command('host', write(newTotal, `${folder}/memory.memsw.limit_in_bytes`))]),
    command('host', write(bytes, `${folder}/memory.limit_in_bytes`)),
  ]
}

function write(bytes: number, file: string): string {
  return `echo ${bytes} > ${quote(file)}`
}

/** Only v1 counts memory and swap together in its reports (mem_cgroup_print_oom_meminfo). */
function versionAt(incident: Incident, path: string): 1 | 2 {
  const report = reportAt(incident, path)
  return (
    groupAt(incident, path)?.fact.version ??
    incident.groups.own?.fact.version ??
    (report !== null && report.memorySwap !== null ? 1 : 2)
  )
}

function reportAt(incident: Incident, path: string): OomReport | null {
  const report = reportOf(incident)?.fact ?? null
  if (report === null || report.oomMemcg === null) return null
  return samePath(report.oomMemcg, path) ? report : null
}

function kubernetesCommands(incident: Incident, mib: number): readonly Command[] {
  const role = incident.podContainer?.role ?? 'main'
  // An ephemeral container has no resources of its own: it lives on what the pod leaves.
  if (role === 'ephemeral') return []
  const { namespace, pod, container } = podInCommands(incident.subject)
  const limits = { memory: `${mib}Mi` }
  // A resize must not change the pod's class, and "Guaranteed" means that requests equal limits.
  const guaranteed = incident.pod?.fact.qosClass === 'Guaranteed'
  const resources = guaranteed ? { requests: limits, limits } : { limits }
  const list = role === 'sidecar' ? 'initContainers' : 'containers'
  const patch = JSON.stringify({ spec: { [list]: [{ name: container, resources }] } })
  const requests = guaranteed ? ` --requests=memory=${mib}Mi` : ''
  return [
    // An init container that has run is over; the next pod needs the manifest to be another.
    ...(role === 'init'
      ? []
      : [
          command(
            'kubernetes',
            `kubectl -n ${quote(namespace)} patch pod ${quote(pod)} --subresource resize --patch ${quote(patch)}`,
          ),
        ]),
    ...ownersOf(incident).map(([kind, owner]) =>
      command(
        'kubernetes',
        `kubectl -n ${quote(namespace)} set resources ${kind} ${owner} -c ${quote(container)}${requests} --limits=memory=${mib}Mi`,
      ),
    ),
  ]
}

/** Kind and name of what makes the pods, as kubectl takes them; none where nobody does. */
export function ownersOf({ workload, pod }: Incident): readonly (readonly [string, string])[] {
  if (workload !== null) {
    const { ownerKind, owner } = workload.fact
    return [[quote(ownerKind.toLowerCase()), quote(owner)]]
  }
  const controller = pod?.fact.controller
  if (controller === undefined) return [['deployment', 'DEPLOYMENT']]
  if (controller === null) return []
  const { kind, name } = controller
  // A ReplicaSet of a Deployment has its name and a hash of the template.
  const deployment = kind === 'ReplicaSet' ? /^(.+)-[a-z0-9]{5,10}$/.exec(name)?.[1] : undefined
  return [
    deployment === undefined
      ? [quote(kind.toLowerCase()), quote(name)]
      : ['deployment', quote(deployment)],
  ]
}

function inMib(bytes: number): number {
  return Math.round(bytes / MIB)
}

function composeName(name: string | null): string {
  return name !== null && /^[A-Za-z0-9_.-]+$/.test(name) ? name : 'SERVICE'
}
