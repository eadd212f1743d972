import type { ProcessState } from '../../model/facts.ts'
import { answerText } from './runtime.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { childrenOf, isMaster, treeView } from './worker-tree/tree.ts'
import type { WorkerTree } from './worker-tree/worker-tree.ts'

/** Apache httpd; with the prefork MPM each child serves one request at a time. */
export const apache: Runtime = {
  id: 'apache',
  recognise: (process, processes) => isMaster(process, processes, isApache),
  questions: () => [
    // Where Debian keeps it; of the threaded MPMs MaxRequestWorkers counts threads, and is not asked for.
    {
      kind: 'file',
      id: 'prefork',
      path: 'root/etc/apache2/mods-enabled/mpm_prefork.conf',
      maxBytes: 64 * 1024,
    },
  ],
  view: (master, context) =>
    treeView(
      {
        runtime: apache.id,
        version: null,
        master,
        workers: childrenOf(master, context.processes).filter(isApache),
        helpers: [],
        most: maxRequestWorkers(context),
        eachCap: null,
        countSetting: 'MaxRequestWorkers',
        recycleSetting: 'MaxConnectionsPerChild',
        remarks: [],
      },
      context,
    ),
}

function isApache({ name }: ProcessState): boolean {
  return /^(?:apache2|httpd)$/.test(name ?? '')
}

function maxRequestWorkers(context: RuntimeContext): WorkerTree['most'] {
  const text = answerText(context, 'prefork') ?? ''
  const count = /^[ \t]*(?:MaxRequestWorkers|MaxClients)[ \t]+(\d{1,6})[ \t]*$/im.exec(text)?.[1]
  return count === undefined
    ? null
    : { count: Number(count), setting: `MaxRequestWorkers ${count}` }
}
