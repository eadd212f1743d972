import type { ProcessState } from '../../model/facts.ts'
import { answerText } from './runtime.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { childrenOf, isMaster, treeView } from './worker-tree/tree.ts'

/** nginx writes the roles into its titles. */
export const nginx: Runtime = {
  id: 'nginx',
  recognise: (process, processes) =>
    isMaster(process, processes, (one) => title(one).startsWith('nginx: master process')),
  questions: (master) => [
    { kind: 'file', id: 'nginx.conf', path: configurationPath(master), maxBytes: 256 * 1024 },
  ],
  view(master, context) {
    const children = childrenOf(master, context.processes)
    const workers = children.filter((one) => title(one).startsWith('nginx: worker process'))
    const setting = workerProcesses(master, context)
    return treeView(
      {
        runtime: nginx.id,
        version: null,
        master,
        workers,
        helpers: children.filter((one) => /^nginx: cache (?:manager|loader)/.test(title(one))),
        most: /^\d{1,4}$/.test(setting ?? '')
          ? { count: Number(setting), setting: `worker_processes ${setting}` }
          : null,
        eachCap: null,
        countSetting: 'worker_processes',
        recycleSetting: null,
        remarks: [...perCpu(setting, workers), ...oldWorkers(workers)],
      },
      context,
    )
  },
}

function title({ command }: ProcessState): string {
  return command.join(' ')
}

/** The master keeps its own command line behind its title. */
function configurationPath(master: ProcessState): string {
  const path = / -c ?(\S+)/.exec(title(master))?.[1] ?? '/etc/nginx/nginx.conf'
  return path.startsWith('/') ? `root${path}` : `cwd/${path}`
}

function workerProcesses(master: ProcessState, context: RuntimeContext): string | null {
  const directive = /(?:^|[\s;])worker_processes\s+(\w{1,10})\s*;/
  const configuration = answerText(context, 'nginx.conf')?.replaceAll(/#.*/g, '')
  return directive.exec(title(master))?.[1] ?? directive.exec(configuration ?? '')?.[1] ?? null
}

function perCpu(setting: string | null, workers: readonly ProcessState[]): string[] {
  if (setting !== 'auto' || workers.length < 8) return []
  return [
    `worker_processes auto starts one worker for each CPU of the machine (${workers.length} here), whatever the CPU limit of the container is: give it a number.`,
  ]
}

function oldWorkers(workers: readonly ProcessState[]): string[] {
  const old = workers.filter((one) => title(one).includes('is shutting down'))
  if (old.length === 0) return []
  return [
    `${old.length} of the workers shut down since a reload, and stay until their last connection ends: worker_shutdown_timeout bounds that.`,
  ]
}
