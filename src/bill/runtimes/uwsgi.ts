import type { ProcessState } from '../../model/facts.ts'
import type { Question } from '../../model/question.ts'
import { answerText } from './runtime.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { childrenOf, isMaster, treeView } from './worker-tree/tree.ts'
import type { WorkerTree } from './worker-tree/worker-tree.ts'

/** uWSGI: workers have the command line of their master. */
export const uwsgi: Runtime = {
  id: 'uwsgi',
  recognise: (process, processes) => isMaster(process, processes, isUwsgi),
  questions: (master): Question[] => {
    const path = master.command.find((word) => word.endsWith('.ini'))?.replace(/^--ini=/, '')
    if (path === undefined) return []
    const place = path.startsWith('/') ? `root${path}` : `cwd/${path}`
    return [{ kind: 'file', id: 'ini', path: place, maxBytes: 64 * 1024 }]
  },
  view: (master, context) =>
    treeView(
      {
        runtime: uwsgi.id,
        version: null,
        master,
        workers: childrenOf(master, context.processes).filter(isUwsgi),
        helpers: [],
        most: workersSetting(master, context),
        eachCap: null,
        countSetting: 'processes',
        recycleSetting: 'max-requests or reload-on-rss',
        remarks: [],
      },
      context,
    ),
}

function isUwsgi({ name }: ProcessState): boolean {
  return /^uwsgi(?:-core)?$/.test(name ?? '')
}

function workersSetting({ command }: ProcessState, context: RuntimeContext): WorkerTree['most'] {
  const words = command.join(' ')
  const option = /(?:^| )(?:--(?:processes|workers)[= ]|-p ?)(\d{1,4})(?: |$)/.exec(words)?.[1]
  const ini = answerText(context, 'ini') ?? ''
  const line = /^[ \t]*(?:processes|workers)[ \t]*=[ \t]*(\d{1,4})[ \t]*$/m.exec(ini)?.[1]
  const count = option ?? line
  return count === undefined ? null : { count: Number(count), setting: `processes ${count}` }
}
